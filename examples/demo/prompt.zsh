setopt prompt_subst
PS1='%B${AWS_SSO_PROFILE:-no role}%b %# '
