
# Completion for zsh. compadd quotes what it inserts as the line needs it; `:` means nothing to it.
function __aws_sso_complete {
    \builtin emulate -L zsh -o no_xtrace -o no_verbose
    \builtin local output mode line
    \builtin local -a lines values shown
    output=$("$__aws_sso_program" hook zsh complete -- "${(@Q)words[1,CURRENT-1]}" "${(Q)IPREFIX}${(Q)PREFIX}" \
        2>/dev/null) || \builtin return 1
    lines=("${(@f)output}")
    mode=$lines[1]
    case $mode in
        files) _files ;;
        command*)
            # The command of `exec` and what belongs to it: not ours to know.
            words=("${(@)words[CURRENT - ${mode#command },-1]}")
            (( CURRENT = ${mode#command } + 1 ))
            _normal
            ;;
        *)
            for line in "${(@)lines[2,-1]}"; do
                values+=("${line%%$'\t'*}")
                shown+=("${line/$'\t'/  -- }")
            done
            # What matches only inside of a name is taken as well: the program has chosen.
            compadd -l -d shown -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]} l:|=* r:|=*' -a values
            ;;
    esac
}

# compinit may come later in the rc file, or never: then there is no completion to add to.
function __aws_sso_register_completion {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose } 2>/dev/null
    if \builtin typeset -f compdef >/dev/null; then
        compdef __aws_sso_complete aws-sso aws-sso-use aws-sso-profile aws-sso-clear
        add-zsh-hook -d precmd __aws_sso_register_completion
    else
        add-zsh-hook precmd __aws_sso_register_completion
    fi
}
