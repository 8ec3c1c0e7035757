
# Completion for bash. The program reads the line up to the cursor, as COMP_WORDS is split within names and says
# nothing of quotes, and answers with what readline is to insert. It needs no other completion package.
function __aws_sso_complete {
    \builtin local output mode noglob=1 start IFS=$'\n'
    COMPREPLY=()
    # shellcheck disable=SC2154 # set before this script
    output=$("$__aws_sso_program" hook bash complete --line="${COMP_LINE:0:COMP_POINT}" \
        --breaks="$COMP_WORDBREAKS" --type="${COMP_TYPE-9}" 2>/dev/null) || \builtin return 0
    mode=${output%%$'\n'*}
    case $mode in
        words)
            if [[ $- != *f* ]]; then noglob='' && \builtin set -f; fi
            # shellcheck disable=SC2206 # split at line ends alone, and never globbed
            COMPREPLY=(${output#words})
            if [[ -z $noglob ]]; then \builtin set +f; fi
            ;;
        files) \builtin compopt -o default -o filenames 2>/dev/null || \builtin : ;;
        command*)
            # The command of `exec` and what belongs to it: not ours to know.
            start=$((COMP_CWORD - ${mode#command }))
            for ((mode = 0; mode < COMP_CWORD; mode++)); do
                if [[ ${COMP_WORDS[mode]} == -- ]]; then start=$((mode + 1)) && \builtin break; fi
            done
            if \builtin declare -F _command_offset >/dev/null; then
                _command_offset "$start"
            else
                \builtin compopt -o bashdefault -o default 2>/dev/null || \builtin :
            fi
            ;;
    esac
    \builtin return 0
}

if [[ $- == *i* ]]; then
    \builtin complete -F __aws_sso_complete aws-sso aws-sso-use aws-sso-profile aws-sso-clear
fi
