PROMPT='%# '
