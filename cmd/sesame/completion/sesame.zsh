#compdef sesame
# Completion of sesame for zsh: put this file into a folder of $fpath, under the name _sesame.
_sesame() {
	local -a found asked
	asked=("${words[@]:0:$((CURRENT - 1))}")
	if [[ ${words[CURRENT]} == -- ]]; then
		asked+=(-) # to the program two are the end of its options
	elif [[ ${words[CURRENT]} == -* ]]; then
		asked+=("${words[CURRENT]}")
	fi
	# The program describes what it names where it takes the shell for zsh.
	found=("${(@f)$(env 0=zsh "${asked[@]}" --generate-bash-completion 2>/dev/null)}")
	if [[ -n ${found[1]} ]]; then
		_describe 'sesame' found
	else
		_files
	fi
}
# From a folder of $fpath this file is the body of _sesame, at the first key; sourced, it is not.
if [[ ${funcstack[1]} == _sesame ]]; then
	_sesame "$@"
else
	compdef _sesame sesame
fi
