# bash completes kubectl-codesource by this.
_kubectl_codesource() {
  local candidates line word=${COMP_WORDS[COMP_CWORD]} typed=("${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash takes --option=value apart, unless its variable COMP_WORDBREAKS has no =.
  local joined=() each
  for each in "${typed[@]}"; do
    if [[ ${#joined[@]} -gt 0 && ${joined[-1]} == --*= ]]; then
      joined[-1]+=$each
    elif [[ $each == = && ${#joined[@]} -gt 0 && ${joined[-1]} == --* ]]; then
      joined[-1]+==
    else
      joined+=("$each")
    fi
  done
  [[ $word == = ]] && word=
  COMPREPLY=()
  candidates=$("${COMP_WORDS[0]}" __complete "${joined[@]}" 2>/dev/null) || return
  while IFS= read -r line; do
    case $line in
    :0) COMPREPLY+=($(compgen -f -- "$word")) ;;
    :*) ;;
    *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done <<<"$candidates"
}
complete -F _kubectl_codesource kubectl-codesource
