# fish completes kubectl-codesource by this.
function __kubectl_codesource
    set -l typed (commandline -opc) (commandline -ct)
    set -l last $typed[-1]
    set -l option ''
    # fish wants the whole word.
    if string match -qr -- '^--[^=]+=' $last
        set option (string replace -r -- '^(--[^=]+=).*' '$1' $last)
    end
    set -l lines ($typed[1] __complete $typed[2..-1] 2>/dev/null)
    for line in $lines
        switch $line
            case ':0'
                __fish_complete_path (string replace -r -- '^--[^=]+=' '' $last)
            case ':*'
            case '*'
                echo $option$line
        end
    end
end
complete -c kubectl-codesource -f -a '(__kubectl_codesource)'
