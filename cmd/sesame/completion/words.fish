
# What the program itself knows: the URLs of the configuration's routes, and the like.
function __sesame_words
	set -l words (commandline -opc)
	command $words --generate-bash-completion 2>/dev/null | string match -rv '^-'
end
complete -c sesame -f
complete -c sesame -r -F -l config
complete -c sesame -n '__fish_seen_subcommand_from explain login logout token forget completion man' -a '(__sesame_words)'
complete -c sesame -n '__fish_seen_subcommand_from explain' -f -r -l protocol -a 'bazel git docker'
complete -c sesame -n '__fish_seen_subcommand_from init' -f -r -l provider -a '(__sesame_words)'
complete -c sesame -n '__fish_seen_subcommand_from setup log' -r -F -l file
