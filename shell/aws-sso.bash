# The suite for bash 4.4 and later: aws-sso-use, aws-sso-clear, aws-sso-profile, the hook and the prompt.
#
# Set before this: __aws_sso_program (absolute path), __aws_sso_prompt (1: put the segment into PS1),
# __aws_sso_directories (1: look at role files), __aws_sso_first (the memory of a shell that starts),
# __aws_sso_version (of this script, for AWS_SSO_HOOK).
# Set by the program with each answer, none of it exported or secret: __aws_sso_text and __aws_sso_color (the
# segment; \037 stands for the time that is left), __aws_sso_expires, __aws_sso_renew_at and
# __aws_sso_early_at (Unix times), __aws_sso_redraw_at (empty: what is drawn is old), __aws_sso_memory (for the
# program alone), __aws_sso_tree (the directory of the nearest .aws-sso-role) and __aws_sso_mark (a file with the
# time that the role file had), __aws_sso_eager (1: load keys at once), __aws_sso_skip (commands without AWS).
#
# A backslash keeps aliases away, `builtin` keeps functions away. Options of the person's are put aside with
# `local -` for as long as a function runs.

\builtin unalias aws-sso-use aws-sso-clear aws-sso-profile 2>/dev/null || \builtin :

# Runs the program and evaluates what it printed, all of it or nothing. Tracing is off: it would show keys.
function __aws_sso_call {
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    \builtin local output verb="$1"
    \builtin shift
    \builtin set -- "$verb" --memory="${__aws_sso_memory-}" --directories="${__aws_sso_directories-}" "$@"
    # What a hook has to say comes with its answer. `exec` spares a process: not every version of bash sees that the
    # substitution needs no shell of its own.
    # shellcheck disable=SC2154 # set before this script
    if [[ $verb == sync ]]; then
        output=$(\builtin exec "$__aws_sso_program" hook bash "$@" 2>/dev/null) || \builtin return
    else
        output=$(\builtin exec "$__aws_sso_program" hook bash "$@") || \builtin return
    fi
    \builtin eval "$output"
    __aws_sso_look
    __aws_sso_seen=$__aws_sso_shell
}

function __aws_sso_use {
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    __aws_sso_call use --helper-args="${AWS_SSO_HELPER_ARGS-}" -- "$@"
}

function __aws_sso_clear {
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    __aws_sso_call clear --helper-args="${AWS_SSO_HELPER_ARGS-}" -- "$@"
}

# In POSIX mode a function's name has no hyphen, but an alias may have one.
if \builtin shopt -qo posix; then
    \builtin alias aws-sso-use=__aws_sso_use aws-sso-profile=__aws_sso_use aws-sso-clear=__aws_sso_clear
else
    function aws-sso-use { __aws_sso_use "$@"; }
    function aws-sso-profile { __aws_sso_use "$@"; }
    function aws-sso-clear { __aws_sso_clear "$@"; }
fi

# What of the environment says which role this is. Others may change it: direnv, an `eval` typed by hand.
function __aws_sso_look {
    __aws_sso_shell="${AWS_SSO-}|${AWS_SSO_ROLE_ARN-}|${AWS_SSO_SESSION_EXPIRATION-}"
    __aws_sso_shell+="|${AWS_PROFILE-}|${AWS_ACCESS_KEY_ID-}"
}

function __aws_sso_now {
    __aws_sso_time=${EPOCHSECONDS-}
    # Before bash 5, and where the variable was unset.
    if [[ -z $__aws_sso_time ]]; then \builtin printf -v __aws_sso_time '%(%s)T' -1; fi
}

# Whether the nearest role file is another one than the program knows, or has changed. Starts no process. The
# directories above are taken from $PWD as long as there is no link in it, and else from where the shell really is.
function __aws_sso_moved {
    \builtin local up
    __aws_sso_found=''
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
    up=$PWD
    while [[ ! -e $up/.aws-sso-role && $up && $up != "${HOME:-/}" && ! -L $up ]]; do up=${up%/*}; done
    if [[ $up && ! -e $up/.aws-sso-role && $up != "${HOME:-/}" ]]; then
        up=.
        while [[ ! -e $up/.aws-sso-role && ! $up -ef / && ! $up -ef ${HOME:-/} && -d $up ]]; do up+=/..; done
    fi
    if [[ ! -e $up/.aws-sso-role ]]; then
        [[ ${__aws_sso_tree-} ]]
        \builtin return
    fi
    if [[ $up == .* ]]; then __aws_sso_found=$PWD/$up; else __aws_sso_found=${up:-/}; fi
    [[ ! ${up:-/} -ef ${__aws_sso_tree-} ]] || __aws_sso_changed
}

# Whether the role file, or the trust in it, has changed since the program has looked at it.
function __aws_sso_changed {
    [[ ! -e $__aws_sso_tree/.aws-sso-role || $__aws_sso_tree/.aws-sso-role -nt ${__aws_sso_mark-} ||
        $__aws_sso_tree/.aws-sso-role -ot ${__aws_sso_mark-} ]]
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

# Runs before each prompt, and starts no process unless the role in the environment, or the directory, has changed.
# What holds before most prompts is told first, by one command: the same role, nothing due, the segment still right,
# the same directory, and nothing in it has changed.
function __aws_sso_hook {
    __aws_sso_status=$?
    # Under `set -e` a status would end the shell.
    if ((__aws_sso_status)) && \builtin shopt -qo errexit; then __aws_sso_status=0; fi
    # A trace would show keys.
    if [[ $- != *[xv]* ]] && [[ "${__aws_sso_seen-}" == \
        "${AWS_SSO-}|${AWS_SSO_ROLE_ARN-}|${AWS_SSO_SESSION_EXPIRATION-}|${AWS_PROFILE-}|${AWS_ACCESS_KEY_ID-}" &&
        -z ${__aws_sso_prompt-}${__aws_sso_eager-}${__aws_sso_pending-} &&
        (-z ${__aws_sso_text-}${AWS_SSO_SEGMENT-x} || ${__aws_sso_text-} &&
        ${EPOCHSECONDS:-0} -ge ${__aws_sso_drawn_at:-1} && ${EPOCHSECONDS:-0} -lt ${__aws_sso_redraw_at:-0} &&
        (-z ${__aws_sso_early_at-} || ${EPOCHSECONDS:-0} -lt ${__aws_sso_early_at-})) &&
        (-z ${__aws_sso_directories-} || $PWD == "${__aws_sso_stood-}" &&
        (-z ${__aws_sso_tree-} && ! -e .aws-sso-role || ${__aws_sso_tree-} && . -ef $PWD &&
        (! -e .aws-sso-role || . -ef ${__aws_sso_tree-}) && -e ${__aws_sso_tree-}/.aws-sso-role &&
        ! ${__aws_sso_tree-}/.aws-sso-role -nt ${__aws_sso_mark-} &&
        ! ${__aws_sso_tree-}/.aws-sso-role -ot ${__aws_sso_mark-})) ]]; then
        \builtin return "$__aws_sso_status"
    fi
    __aws_sso_before_prompt || \builtin :
    if [[ ${__aws_sso_pending-} ]]; then __aws_sso_arm || \builtin :; fi
    \builtin return "$__aws_sso_status"
}

function __aws_sso_before_prompt {
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    __aws_sso_look
    if { [[ ${__aws_sso_directories-} ]] && __aws_sso_moved; } || [[ $__aws_sso_shell != "${__aws_sso_seen-}" ]]; then
        __aws_sso_sync
    fi
    if [[ ${__aws_sso_eager-} ]]; then
        __aws_sso_eager=
        __aws_sso_renew
    fi
    if [[ ${__aws_sso_prompt-} ]]; then __aws_sso_place_segment; fi
    __aws_sso_pending=
    if [[ -z ${__aws_sso_text-} ]]; then
        AWS_SSO_SEGMENT=
        \builtin return 0
    fi
    __aws_sso_now
    # A clock that was put back counts as well.
    if ((__aws_sso_time >= ${__aws_sso_redraw_at:-0} || __aws_sso_time < ${__aws_sso_drawn_at:-0})); then
        __aws_sso_draw
    fi
    if [[ ${__aws_sso_early_at-} ]] && ((__aws_sso_time >= __aws_sso_early_at)); then
        __aws_sso_expect_command
    fi
    \builtin return 0
}

# Without an answer nothing is shown rather than something wrong, and the role of a directory, which may have been
# left, goes.
function __aws_sso_forget {
    __aws_sso_text='' __aws_sso_expires='' __aws_sso_renew_at='' __aws_sso_early_at='' __aws_sso_redraw_at=''
    __aws_sso_tree='' __aws_sso_mark='' __aws_sso_eager=''
    if [[ ${AWS_SSO_DIRECTORY-} ]]; then
        if [[ ${AWS_PROFILE-} == "${AWS_SSO_PROFILE-}" ]]; then \builtin unset AWS_PROFILE; fi
        if [[ ${AWS_SSO_SESSION_EXPIRATION-} ]]; then
            \builtin unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION
        fi
        if [[ ${AWS_SSO_DEFAULT_REGION-} ]]; then
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

# Puts the time that is left into the segment. Readline counts what stands between \001 and \002 as no width.
function __aws_sso_draw {
    \builtin local left='' text seconds
    # Until when the segment is right: for good, or until a minute less is left.
    __aws_sso_drawn_at=$__aws_sso_time __aws_sso_redraw_at=9999999999
    if [[ ${__aws_sso_expires-} ]]; then
        seconds=$((__aws_sso_expires - __aws_sso_time))
        if ((seconds > 0)); then __aws_sso_redraw_at=$((__aws_sso_time + seconds % 60 + 1)); fi
        if ((seconds <= 0)); then
            left='expired'
        elif ((seconds < 60)); then
            left='<1m'
        elif ((seconds < 3600)); then
            left="$((seconds / 60))m"
        else
            left="$((seconds / 3600))h$((seconds % 3600 / 60))m"
        fi
    elif [[ ${__aws_sso_renew_at-} || -z ${AWS_PROFILE-} ]]; then
        left='○' # a role whose credentials are not in this shell
    fi
    text=${__aws_sso_text//$'\037'/"$left"}
    text=${text%"${text##*[![:space:]]}"}
    if [[ ${__aws_sso_color-} ]]; then
        text=$'\001\e['$__aws_sso_color$'m\002'$text$'\001\e[0m\002'
    fi
    AWS_SSO_SEGMENT="$text "
}

# Puts a reference to the segment in front of the prompt, once: before the first prompt, when every rc file
# has had its say. Not where somebody else draws the prompt, or where the person refers to it already.
function __aws_sso_place_segment {
    __aws_sso_prompt=
    if [[ ${STARSHIP_SHELL-}${POSH_SHELL-}${POSH_THEME-}${LP_VERSION-}${POWERLINE_COMMAND-}${_OMB_VERSION-} ]]; then
        \builtin return 0
    fi
    \builtin shopt -q promptvars || \builtin return 0
    case ${PS1-} in
        *AWS_SSO_SEGMENT* | *AWS_SSO_PROFILE*) ;;
        *) PS1='${AWS_SSO_SEGMENT-}'${PS1-} ;;
    esac
}

# Gets new credentials. Where there are none to be had it says so once, and tries again after half a minute.
function __aws_sso_renew {
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    \builtin local status=0
    if [[ ${__aws_sso_told-} ]]; then
        __aws_sso_call renew 2>/dev/null || status=$?
    else
        __aws_sso_call renew || status=$?
    fi
    if ((status == 0)); then
        __aws_sso_told=
    else
        __aws_sso_told=1
        __aws_sso_now
        __aws_sso_renew_at=$((__aws_sso_time + 30)) __aws_sso_early_at=$((__aws_sso_time + 30))
    fi
    \builtin return 0
}

# Whether a command could need credentials: what is built into the shell, and this program itself, cannot.
# `trap` is not among these, so that it finds the trap that the person has set and not the one that is armed.
function __aws_sso_needs {
    \builtin local line first
    line=${1#"${1%%[![:space:]]*}"}
    first=${line%%[[:space:]]*}
    case $first in
        '' | '#'* | : | '[' | alias | bg | cd | clear | declare | dirs | disown | echo | exit | export | false | fg | \
            hash | help | history | jobs | kill | logout | popd | printf | pushd | pwd | set | shopt | test | true | \
            type | ulimit | umask | unalias | unset | wait | aws-sso | aws-sso-* | __aws_sso_*) ;;
        *)
            # What has no use for AWS waits for no keys, but neither does it keep old ones from being renewed.
            if [[ ${__aws_sso_expires-} || ${__aws_sso_skip-} != *" $first "* ]]; then \builtin return 0; fi
            ;;
    esac
    [[ $line == *[$'\n;|&`(']* ]]
}

# Between Enter and the command: called by bash-preexec and ble.sh with the line and, from bash 5.3 on, by PS0,
# which does not know it: enough to renew keys, but not to tell what needs the first ones.
function __aws_sso_preexec {
    if [[ -z ${__aws_sso_renew_at-} ]]; then \builtin return 0; fi
    # Nor is it known where a command behind a `cd` will run: by its name the role is asked for there.
    if [[ -z ${__aws_sso_expires-} && ($# -eq 0 || $1 == *cd[[:space:]]* || $1 == *pushd[[:space:]]*) ]]; then
        \builtin return 0
    fi
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    __aws_sso_now
    if ((__aws_sso_time >= __aws_sso_renew_at)) && __aws_sso_needs "${1-x}"; then __aws_sso_renew; fi
    \builtin return 0
}

# Credentials will be due soon, and the next command must not find the old ones.
function __aws_sso_expect_command {
    if [[ ${bash_preexec_imported:-${__bp_imported-}} ]]; then
        \builtin local name
        for name in ${preexec_functions[@]+"${preexec_functions[@]}"}; do
            if [[ $name == __aws_sso_preexec ]]; then \builtin return 0; fi
        done
        preexec_functions+=(__aws_sso_preexec)
    elif [[ ${__aws_sso_expires-} && ${PS0-} == *__aws_sso_preexec* ]] && \builtin shopt -q promptvars; then
        \builtin return 0
    elif [[ -z ${BLE_VERSION-}${__aws_sso_armed-} ]]; then
        __aws_sso_pending=1
    fi
}

# Without any of these only a DEBUG trap runs before a command. It stays until one command has come, and gives
# back the trap that it found. A function sees the trap of its caller only if it and all its callers are
# traced; where that is not so (somebody else runs the hooks) the trap is set at the next prompt by an entry
# of its own.
function __aws_sso_arm {
    __aws_sso_pending=
    if ((${#FUNCNAME[@]} > 2)) && [[ ${FUNCNAME[1]} == __aws_sso_hook ]]; then
        case ${PROMPT_COMMAND-} in
            *__aws_sso_arm*) ;;
            *) PROMPT_COMMAND=${PROMPT_COMMAND-}$'\n__aws_sso_arm' ;;
        esac
        \builtin return 0
    fi
    PROMPT_COMMAND=${PROMPT_COMMAND/$'\n__aws_sso_arm'/}
    if [[ ${__aws_sso_armed-} ]]; then \builtin return 0; fi
    __aws_sso_their_trap=$(\builtin trap -p DEBUG)
    __aws_sso_armed=1
    # The last command of the trap sets `$_`, which the person's command may use, to what it was.
    # shellcheck disable=SC2016 # expanded when it runs
    \builtin trap 'if __aws_sso_debug "$BASH_COMMAND" "$_"; then \builtin eval "$__aws_sso_give_back"; fi
        \builtin : "$__aws_sso_last"' DEBUG
}
\builtin declare -ft __aws_sso_hook __aws_sso_arm

# Whether the command that is about to run is one that the person has entered and that needs credentials. If
# so they are renewed, and __aws_sso_give_back holds what restores the trap, and what that trap would have done
# for this command. Until that was evaluated the trap counts as armed: Ctrl-C may end the renewal.
function __aws_sso_debug {
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    __aws_sso_last=$2
    if __aws_sso_is_ours "$1" || ! __aws_sso_needs "$1"; then \builtin return 1; fi
    \builtin local words
    __aws_sso_give_back='__aws_sso_armed=; \builtin trap - DEBUG'
    if [[ ${__aws_sso_their_trap-} ]]; then
        \builtin eval "words=(${__aws_sso_their_trap#trap })"
        __aws_sso_give_back="__aws_sso_armed=; $__aws_sso_their_trap; ${words[1]}"
    fi
    __aws_sso_now
    if [[ ${__aws_sso_early_at-} ]] && ((__aws_sso_time >= __aws_sso_early_at)); then __aws_sso_renew; fi
    \builtin return 0
}

# Whether a command that the trap has met is not the person's: it stands in a function that is traced, runs
# for a completion or for a key, or is one of PROMPT_COMMAND. bash writes commands with blanks of its own.
function __aws_sso_is_ours {
    if ((${#FUNCNAME[@]} > 2)) || [[ ${COMP_LINE-}${READLINE_POINT-} ]]; then \builtin return 0; fi
    \builtin local IFS=$'\n' hooks
    hooks=$'\n'${PROMPT_COMMAND[*]-}$'\n'
    [[ $hooks == *[$'\n\t ;']"$1"[$'\n\t ;']* ||
        ${hooks//[$' \t']/} == *[$'\n;&|']"${1//[$' \t']/}"[$'\n;&|']* ]]
}

# Registers the hook with whatever runs hooks here, once.
function __aws_sso_init {
    [[ $- != *[aeuvxk]* ]] || { \builtin local - && \builtin set +aeuvxk; } 2>/dev/null
    if [[ $- != *i* ]]; then \builtin return 0; fi
    # shellcheck disable=SC2154,SC2034 # set before this script; for aws-sso doctor
    \builtin export AWS_SSO_HOOK="$$:$__aws_sso_version"
    \builtin local entry start=--start
    if [[ ${__aws_sso_memory-} ]]; then
        start=''
        # The file was read again: the program tells at the next prompt what this shell is at.
        if [[ $__aws_sso_memory != "${__aws_sso_first-}" ]]; then __aws_sso_seen=''; fi
    else
        # shellcheck disable=SC2154 # set before this script
        __aws_sso_memory=$__aws_sso_first
    fi
    if [[ ${__aws_sso_directories-} ]] && { __aws_sso_moved || [[ ${AWS_SSO_DIRECTORY-} ]]; }; then
        __aws_sso_sync "$start"
    fi
    if [[ ${BLE_VERSION-} ]]; then
        blehook PRECMD!=__aws_sso_hook PREEXEC!=__aws_sso_preexec
        \builtin return 0
    fi
    # A child would inherit the names without the functions.
    \builtin export -n PROMPT_COMMAND PS0
    for entry in ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"} ${precmd_functions[@]+"${precmd_functions[@]}"}; do
        if [[ $entry == *__aws_sso_hook* ]]; then \builtin return 0; fi
    done
    if [[ ${bash_preexec_imported:-${__bp_imported-}} ]]; then
        precmd_functions+=(__aws_sso_hook)
        \builtin return 0
    fi
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 503)) && [[ ${PS0-} != *__aws_sso_preexec* ]]; then
        # shellcheck disable=SC2016 # expanded when it is shown
        PS0=${PS0-}'${ __aws_sso_preexec; }'
    fi
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)) && [[ ${PROMPT_COMMAND@a} == *a* ]]; then
        PROMPT_COMMAND+=(__aws_sso_hook)
    else
        # After a line end, as what stands there may end in `;` or in a comment.
        # shellcheck disable=SC2178,SC2128 # it is no array here
        PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__aws_sso_hook
    fi
}
