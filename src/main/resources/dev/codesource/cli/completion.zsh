#compdef kubectl-codesource
# zsh completes kubectl-codesource by this: in a folder of fpath as _kubectl-codesource, or sourced after compinit.
_kubectl_codesource() {
  local line files=no
  local -a candidates typed
  typed=("${(@Q)words[2,CURRENT]}")
  local last=${typed[-1]}
  for line in "${(@f)$(${words[1]} __complete "${typed[@]}" 2>/dev/null)}"; do
    case $line in
    :0) files=yes ;;
    :*) ;;
    ?*)
      if [[ $line == *$'\t'* ]]; then
        candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
      else
        candidates+=("${line//:/\\:}")
      fi
      ;;
    esac
  done
  if [[ $last == --*=* ]]; then
    compset -P '*='
  fi
  if (( ${#candidates} )); then
    _describe 'kubectl-codesource' candidates
  elif [[ $files == yes ]]; then
    _files
  fi
}
if [[ ${funcstack[1]} == _kubectl-codesource ]]; then
  _kubectl_codesource "$@"
else
  compdef _kubectl_codesource kubectl-codesource
fi
