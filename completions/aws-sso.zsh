
# Completion for zsh. compadd quotes what it inserts as the line needs it; `:` means nothing to it.
#
# No `emulate` here: the completion system has set options that _files and _normal rely on.
function __aws_sso_complete {
    \builtin local output mode line word matcher none
    \builtin local -a lines values shown keys keys_shown
    # PREFIX is written as the quotes that are open want it, without them.
    word=${compstate[quote]}$IPREFIX$PREFIX${compstate[quote][-1]}
    output=$("$__aws_sso_program" hook zsh complete -- "${(@Q)words[1,CURRENT-1]}" "${(Q)word}" 2>/dev/null) \
        || \builtin return 1
    lines=("${(@f)output}")
    mode=$lines[1]
    case $mode in
        files)
            if [[ $PREFIX == --*=* ]]; then \builtin compset -P '*='; fi
            \_files
            ;;
        command*)
            # The command of `exec` and what belongs to it: not ours to know.
            words=("${(@)words[CURRENT - ${mode#command },-1]}")
            (( CURRENT = ${mode#command } + 1 ))
            \_normal
            ;;
        *)
            for line in "${(@)lines[2,-1]}"; do
                # A value comes after the `=` of a key.
                if [[ ${line%%$'\t'*} == *= ]]; then
                    keys+=("${line%%$'\t'*}")
                    keys_shown+=("${line/$'\t'/  -- }")
                else
                    values+=("${line%%$'\t'*}")
                    shown+=("${line/$'\t'/  -- }")
                fi
            done
            # What matches only inside of a name is taken as well: the program has chosen.
            matcher='m:{[:lower:][:upper:]}={[:upper:][:lower:]} l:|=* r:|=*'
            none=1
            \builtin compadd -l -d shown -M "$matcher" -a values && none=0
            \builtin compadd -S '' -l -d keys_shown -M "$matcher" -a keys && none=0
            if (( ! none )); then \builtin return 0; fi
            # An account that was found by its name has nothing of what was typed.
            \builtin compadd -U -l -d shown -a values
            \builtin compadd -U -S '' -l -d keys_shown -a keys
            if (( $#values + $#keys > 1 )); then compstate[insert]=; fi
            ;;
    esac
}

# Runs before each prompt: compinit may come later in the rc file than this, again, much later or never.
function __aws_sso_register_completion {
    # Before the options are put aside, which takes longer: this is all that most prompts need. (`${+_comps}` would
    # copy the whole table of completions.)
    if [[ ! -v _comps || -n ${_comps[aws-sso-use]-} ]]; then \builtin return 0; fi
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose; } 2>/dev/null
    \compdef __aws_sso_complete aws-sso aws-sso-use aws-sso-profile aws-sso-clear
    \builtin return 0
}
