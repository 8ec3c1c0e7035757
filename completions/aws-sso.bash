
# Completion for bash. The program reads the line up to the cursor, as COMP_WORDS is split within names and says
# nothing of quotes, and answers with what readline is to insert. It needs no other completion package.
function __aws_sso_complete {
    { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    \builtin local output mode start at
    COMPREPLY=()
    # `exec` spares a process.
    # shellcheck disable=SC2154 # set before this script
    output=$(\builtin exec "$__aws_sso_program" hook bash complete --line="${COMP_LINE:0:COMP_POINT}" \
        --breaks="${COMP_WORDBREAKS-}" --type="${COMP_TYPE-9}" 2>/dev/null) || \builtin return 0
    mode=${output%%$'\n'*}
    case $mode in
        words)
            __aws_sso_reply "${output#words}"
            # A value comes after the `=` of a key.
            if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
                \builtin compopt -o nospace 2>/dev/null || \builtin :
            fi
            ;;
        files) \builtin compopt -o default -o filenames 2>/dev/null || \builtin : ;;
        command*)
            # The command of `exec` and what belongs to it: not ours to know.
            start=$((COMP_CWORD - ${mode#command }))
            for ((at = 0; at < COMP_CWORD; at++)); do
                if [[ ${COMP_WORDS[at]} == -- ]]; then start=$((at + 1)) && \builtin break; fi
            done
            if \builtin declare -F _command_offset >/dev/null; then
                _command_offset "$start"
            elif ((start == COMP_CWORD)); then
                __aws_sso_reply "$(\builtin compgen -c -- "${COMP_WORDS[COMP_CWORD]}")"
            else
                \builtin compopt -o bashdefault -o default 2>/dev/null || \builtin :
            fi
            ;;
    esac
    \builtin return 0
}

# Lines as candidates: split at line ends alone, and never globbed.
function __aws_sso_reply {
    { \builtin local - && \builtin set -f; } 2>/dev/null
    \builtin local IFS=$'\n'
    # shellcheck disable=SC2206
    COMPREPLY=($1)
}

if [[ $- == *i* ]]; then
    \builtin complete -F __aws_sso_complete aws-sso aws-sso-use aws-sso-profile aws-sso-clear
fi
