# shellcheck disable=SC2034
PS1='\[\e[1m\]${AWS_SSO_PROFILE:-no role}\[\e[0m\] \$ '
