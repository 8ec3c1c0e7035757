# The suite for zsh 5.3 and later: aws-sso-use, aws-sso-clear, aws-sso-profile, the hooks and the prompt.
#
# Set before this: __aws_sso_program (absolute path), __aws_sso_prompt (1: put the segment into PROMPT),
# __aws_sso_directories (1: look at role files), __aws_sso_first (the memory of a shell that starts),
# __aws_sso_version (of this script, for AWS_SSO_HOOK).
# Set by the program with each answer, none of it exported or secret: __aws_sso_text and __aws_sso_color (the
# segment; \037 stands for the time that is left), __aws_sso_expires and __aws_sso_renew_at (Unix times),
# __aws_sso_memory (for the program alone), __aws_sso_tree (the directory of the nearest .aws-sso-role) and
# __aws_sso_mark (a file with the time that the role file had), __aws_sso_eager (1: load keys at once),
# __aws_sso_skip (commands without AWS).
#
# A backslash keeps aliases away. Each function that others call runs under zsh's own options, and untraced, and so
# does what it calls. What is left of the person's options is how this file is read: `emulate sh` wants the
# semicolon before a closing brace.

\builtin unalias -- aws-sso-use aws-sso-clear aws-sso-profile 2>/dev/null || \builtin :

# Runs the program and evaluates what it printed, all of it or nothing. Tracing is off: it would show keys.
function __aws_sso_call {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    \builtin local output verb=$1
    \builtin shift
    \builtin set -- "$verb" --memory="${__aws_sso_memory-}" --directories="${__aws_sso_directories-}" "$@"
    # What a hook has to say comes with its answer.
    if [[ $verb == sync ]]; then
        output=$("$__aws_sso_program" hook zsh "$@" 2>/dev/null) || \builtin return
    else
        output=$("$__aws_sso_program" hook zsh "$@") || \builtin return
    fi
    \builtin eval "$output"
    __aws_sso_look
    __aws_sso_seen=$__aws_sso_shell
}

function aws-sso-use {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    __aws_sso_call use --helper-args="${AWS_SSO_HELPER_ARGS-}" -- "$@"
}

function aws-sso-profile {
    \aws-sso-use "$@"
}

function aws-sso-clear {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    __aws_sso_call clear --helper-args="${AWS_SSO_HELPER_ARGS-}" -- "$@"
}

# What of the environment says which role this is. Others may change it: direnv, an `eval` typed by hand.
function __aws_sso_look {
    __aws_sso_shell="${AWS_SSO-}|${AWS_SSO_ROLE_ARN-}|${AWS_SSO_SESSION_EXPIRATION-}"
    __aws_sso_shell+="|${AWS_PROFILE-}|${AWS_ACCESS_KEY_ID-}"
}

# The prompt's own clock: no module has to be there for it.
function __aws_sso_now {
    \builtin local clock='%D{%s}'
    __aws_sso_time=${(%)clock}
}

# Whether the nearest role file is another one than the program knows, or has changed. Starts no process. The
# directories above are taken from $PWD as long as there is no link in it, and else from where the shell really is.
function __aws_sso_moved {
    \builtin local up=$PWD
    __aws_sso_found=
    # $PWD may name another place: the directory was moved or deleted under the shell. Only the program can tell where
    # that is, and is asked once.
    if [[ ! . -ef $PWD ]]; then
        if [[ lost:$PWD != "${__aws_sso_stood-}" ]]; then
            __aws_sso_stood=lost:$PWD
        elif [[ -z ${__aws_sso_tree-} ]]; then
            [[ -e .aws-sso-role ]]
        else
            __aws_sso_changed
        fi
        \builtin return
    fi
    __aws_sso_stood=$PWD
    while [[ ! -e $up/.aws-sso-role && -n $up && $up != "${HOME:-/}" && ! -L $up ]]; do up=${up%/*}; done
    if [[ -n $up && ! -e $up/.aws-sso-role && $up != "${HOME:-/}" ]]; then
        up=.
        while [[ ! -e $up/.aws-sso-role && ! $up -ef / && ! $up -ef ${HOME:-/} && -d $up ]]; do up+=/..; done
    fi
    if [[ ! -e $up/.aws-sso-role ]]; then
        [[ -n ${__aws_sso_tree-} ]]
        \builtin return
    fi
    if [[ $up == .* ]]; then __aws_sso_found=$PWD/$up; else __aws_sso_found=${up:-/}; fi
    [[ ! ${up:-/} -ef ${__aws_sso_tree-} ]] || __aws_sso_changed
}

# Whether the role file, or the trust in it, has changed since the program has looked at it.
function __aws_sso_changed {
    [[ ! -e $__aws_sso_tree/.aws-sso-role || ! -e $__aws_sso_mark || $__aws_sso_tree/.aws-sso-role -nt $__aws_sso_mark
        || $__aws_sso_tree/.aws-sso-role -ot $__aws_sso_mark ]]
}

# Brings the role to what the directory, the person and the program have decided: the first argument is empty, or
# --start where the shell starts.
function __aws_sso_sync {
    __aws_sso_told=
    # A program that is gone is no news at every prompt.
    if [[ ! -x $__aws_sso_program ]] || ! __aws_sso_call sync ${1:+"$1"}; then __aws_sso_forget; fi
    # Where the program has no word for what was found, it is not asked again.
    if [[ -z ${__aws_sso_tree-} ]]; then __aws_sso_tree=${__aws_sso_found-}; fi
}

# Runs at each change of the directory, before the command that follows it. Not in a subshell: what such a one prints
# is somebody's value, and its role ends with it.
function __aws_sso_chpwd {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    if (( ZSH_SUBSHELL )) || [[ -z ${__aws_sso_directories-} ]]; then \builtin return 0; fi
    if __aws_sso_moved; then __aws_sso_sync; fi
    \builtin return 0
}

# Runs before each prompt, and starts no process unless the role in the environment, or the directory, has changed.
# What holds before most prompts is told first: the same role, the same directory, and the segment still right and
# still there (a theme may have emptied psvar). To put the person's options aside takes longer than all of that, so
# it is written for any of them.
function __aws_sso_precmd {
    if [[ -z ${__aws_sso_prompt-}${__aws_sso_eager-} && ( ${__aws_sso_redraw_at-} == never
            || ${EPOCHSECONDS:-0} -ge ${__aws_sso_drawn_at:-1} && ${EPOCHSECONDS:-0} -lt ${__aws_sso_redraw_at:-0}
            && ${#psvar[@]} -ge 91 )
        && "${AWS_SSO-}|${AWS_SSO_ROLE_ARN-}|${AWS_SSO_SESSION_EXPIRATION-}|${AWS_PROFILE-}|${AWS_ACCESS_KEY_ID-}" \
            == "${__aws_sso_seen-}"
        && ( -z ${__aws_sso_directories-} || "$PWD" == "${__aws_sso_stood-}"
            && ( -z ${__aws_sso_tree-} && ! -e .aws-sso-role
                || -n ${__aws_sso_tree-} && . -ef "$PWD" && ( ! -e .aws-sso-role || . -ef "${__aws_sso_tree-}" )
                && -e "${__aws_sso_tree-}/.aws-sso-role" && -e "${__aws_sso_mark-}"
                && ! "${__aws_sso_tree-}/.aws-sso-role" -nt "${__aws_sso_mark-}"
                && ! "${__aws_sso_tree-}/.aws-sso-role" -ot "${__aws_sso_mark-}" ) ) ]]; then
        \builtin return 0
    fi
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    __aws_sso_look
    # What could not be said while the shell started waits a prompt longer where powerlevel10k has drawn one already:
    # it warns of everything that is printed before the first real one.
    if [[ ${__aws_sso_tree-} == '?' && -z ${__aws_sso_patient-} ]] && \builtin typeset -f p10k >/dev/null; then
        __aws_sso_patient=1
    elif { [[ -n ${__aws_sso_directories-} ]] && __aws_sso_moved; } || [[ $__aws_sso_shell != "${__aws_sso_seen-}" ]]; then
        __aws_sso_sync
    fi
    if [[ -n ${__aws_sso_eager-} ]]; then
        __aws_sso_eager=
        __aws_sso_renew
    fi
    if [[ -n ${__aws_sso_prompt-} ]]; then __aws_sso_place_segment; fi
    __aws_sso_draw
}

# Without an answer nothing is shown rather than something wrong, and the role of a directory, which may have been
# left, goes.
function __aws_sso_forget {
    __aws_sso_text= __aws_sso_expires= __aws_sso_renew_at= __aws_sso_tree= __aws_sso_mark= __aws_sso_eager=
    __aws_sso_redraw_at=0
    if [[ -n ${AWS_SSO_DIRECTORY-} ]]; then
        if [[ ${AWS_PROFILE-} == "${AWS_SSO_PROFILE-}" ]]; then \builtin unset AWS_PROFILE; fi
        if [[ -n ${AWS_SSO_SESSION_EXPIRATION-} ]]; then
            \builtin unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION
        fi
        if [[ -n ${AWS_SSO_DEFAULT_REGION-} ]]; then
            if [[ ${AWS_REGION-} == "$AWS_SSO_DEFAULT_REGION" ]]; then \builtin unset AWS_REGION; fi
            if [[ ${AWS_DEFAULT_REGION-} == "$AWS_SSO_DEFAULT_REGION" ]]; then \builtin unset AWS_DEFAULT_REGION; fi
            \builtin unset AWS_SSO_DEFAULT_REGION
        fi
        \builtin unset AWS_SSO AWS_SSO_PROFILE AWS_SSO_ROLE_ARN AWS_SSO_ACCOUNT_ID AWS_SSO_ROLE_NAME \
            AWS_SSO_SESSION_EXPIRATION AWS_SSO_DIRECTORY
    fi
    __aws_sso_look
    __aws_sso_seen=$__aws_sso_shell
}

# The colours of the segment, each with a place of its own in psvar after the one of the text.
\builtin typeset -ga __aws_sso_colors
__aws_sso_colors=(1 2 3 4 5 6 13 208)

# Puts the time that is left into the segment: into AWS_SSO_SEGMENT for prompts of the person's own, in which
# a % is an escape, and into psvar, which a prompt shows as it is whatever options are set.
function __aws_sso_draw {
    \builtin local left= text color
    \builtin local -i seconds place=91
    # Until when the segment is right: for good, or until a minute less is left.
    __aws_sso_now
    __aws_sso_drawn_at=$__aws_sso_time
    __aws_sso_redraw_at=9999999999
    psvar[place]=
    for color in $__aws_sso_colors; do
        (( place += 1 ))
        psvar[place]=
    done
    if [[ -z ${__aws_sso_text-} ]]; then
        AWS_SSO_SEGMENT=
        __aws_sso_redraw_at=never
        \builtin return 0
    fi
    # A clock that is read without a prompt being expanded. Without it every prompt is drawn anew.
    if [[ -z ${EPOCHSECONDS-} ]]; then \builtin zmodload -F zsh/datetime p:EPOCHSECONDS 2>/dev/null; fi
    if [[ -n ${__aws_sso_expires-} ]]; then
        (( seconds = __aws_sso_expires - __aws_sso_time ))
        if (( seconds > 0 )); then
            __aws_sso_redraw_at=$(( __aws_sso_time + seconds % 60 + 1 ))
        fi
        if (( seconds <= 0 )); then
            left='expired'
        elif (( seconds < 60 )); then
            left='<1m'
        elif (( seconds < 3600 )); then
            left="$(( seconds / 60 ))m"
        else
            left="$(( seconds / 3600 ))h$(( seconds % 3600 / 60 ))m"
        fi
    elif [[ -n ${__aws_sso_renew_at-} || -z ${AWS_PROFILE-} ]]; then
        left='○' # a role whose credentials are not in this shell
    fi
    text=${__aws_sso_text//$'\037'/$left}
    text=${text%"${text##*[![:space:]]}"}
    psvar[91]=$text
    place=91
    for color in $__aws_sso_colors; do
        (( place += 1 ))
        if [[ $color == ${__aws_sso_color-} ]]; then psvar[place]=1; fi
    done
    text=${text//\%/%%}
    AWS_SSO_SEGMENT="${__aws_sso_color:+%F{$__aws_sso_color\}}$text${__aws_sso_color:+%f} "
}

# Puts a reference to the segment in front of the prompt, once: before the first prompt, when every rc file
# has had its say. Not where somebody else draws the prompt, or where the person refers to it already.
function __aws_sso_place_segment {
    \builtin local framework color reference=
    __aws_sso_prompt=
    # The only one of the person's options that counts here. Without it a prompt shows a % as it is.
    if [[ ! -o prompt_percent ]]; then \builtin return 0; fi
    if [[ -n ${STARSHIP_SHELL-}${POSH_SHELL-}${POSH_THEME-}${P9K_VERSION-}${LP_VERSION-}${SPACESHIP_VERSION-} ]]; then
        \builtin return 0
    fi
    for framework in p10k prompt_pure_setup powerline-precmd; do
        if \builtin typeset -f $framework >/dev/null; then \builtin return 0; fi
    done
    case ${PROMPT-}${RPROMPT-} in
        *AWS_SSO_SEGMENT* | *AWS_SSO_PROFILE* | *%91v*) \builtin return 0 ;;
    esac
    \builtin local -i place=91
    for color in $__aws_sso_colors; do
        (( place += 1 ))
        reference+="%(${place}V.%F{$color}.)"
    done
    PROMPT="%(91V.$reference%91v%f .)${PROMPT-}"
}

# Gets new credentials. Where there are none to be had it says so once, and tries again after half a minute.
function __aws_sso_renew {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    \builtin local -i failed=0
    if [[ -n ${__aws_sso_told-} ]]; then
        __aws_sso_call renew 2>/dev/null || failed=1
    else
        __aws_sso_call renew || failed=1
    fi
    if (( ! failed )); then
        __aws_sso_told=
    else
        __aws_sso_told=1
        __aws_sso_now
        __aws_sso_renew_at=$(( __aws_sso_time + 30 ))
    fi
}

# Runs between Enter and the command. What is built into the shell, and this program itself, needs no credentials;
# nor does what is named by LazySkip need the first ones.
function __aws_sso_preexec {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    # Whoever ran after us before the prompt (direnv) may have changed the role.
    __aws_sso_look
    if [[ $__aws_sso_shell != "${__aws_sso_seen-}" ]]; then __aws_sso_sync; fi
    if [[ -z ${__aws_sso_renew_at-} ]]; then \builtin return 0; fi
    __aws_sso_now
    if (( __aws_sso_time < __aws_sso_renew_at )); then \builtin return 0; fi
    \builtin local first=${3%%[[:space:]]*}
    if [[ -z ${__aws_sso_expires-} ]]; then
        # Where a command behind a `cd` will run is not known: by its name the role is asked for there.
        if [[ $3 == *cd[[:space:]]* || $3 == *pushd[[:space:]]* ]]; then \builtin return 0; fi
        if [[ ${__aws_sso_skip-} == *" $first "* ]]; then first=:; fi
    fi
    case $first in
        '' | : | '[' | alias | bg | cd | clear | dirs | disown | echo | exit | export | false | fg | history | jobs | \
            kill | logout | popd | print | printf | pushd | pwd | set | setopt | test | true | type | typeset | \
            umask | unalias | unset | unsetopt | wait | whence | which | aws-sso | aws-sso-*)
            if [[ $3 != *[\;\|\&\`\($'\n']* ]]; then \builtin return 0; fi
            ;;
    esac
    __aws_sso_renew
    \builtin return 0
}

function __aws_sso_init {
    { \builtin emulate -L zsh -o no_xtrace -o no_verbose -o no_aliases -o no_force_float; } 2>/dev/null
    if [[ ! -o interactive ]]; then \builtin return 0; fi
    \builtin export AWS_SSO_HOOK="$$:$__aws_sso_version"
    \builtin local start=--start
    if [[ -n ${__aws_sso_memory-} ]]; then
        start=
        # The file was read again: the program tells at the next prompt what this shell is at.
        if [[ $__aws_sso_memory != "${__aws_sso_first-}" ]]; then __aws_sso_seen=; fi
    else
        __aws_sso_memory=$__aws_sso_first
    fi
    # As add-zsh-hook does it, which would be a file to find and to read at every start.
    \builtin typeset -ga precmd_functions preexec_functions chpwd_functions
    __aws_sso_add precmd_functions __aws_sso_precmd
    __aws_sso_add preexec_functions __aws_sso_preexec
    if [[ -n ${__aws_sso_directories-} ]]; then
        __aws_sso_add chpwd_functions __aws_sso_chpwd
        if __aws_sso_moved || [[ -n ${AWS_SSO_DIRECTORY-} ]]; then __aws_sso_sync $start; fi
    fi
    if \builtin typeset -f __aws_sso_register_completion >/dev/null; then
        __aws_sso_add precmd_functions __aws_sso_register_completion
        __aws_sso_register_completion
    fi
}

# Adds a function to a list of hooks, once.
function __aws_sso_add {
    if (( ! ${${(P)1}[(Ie)$2]} )); then
        \builtin set -A $1 "${(@P)1}" $2
    fi
}
