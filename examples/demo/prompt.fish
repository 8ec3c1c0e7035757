set -g fish_greeting
function fish_prompt
    set -l role $AWS_SSO_PROFILE
    test -n "$role"; or set role 'no role'
    echo -n (set_color --bold)$role(set_color normal)' > '
end
