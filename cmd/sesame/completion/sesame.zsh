#compdef sesame
# Completion of sesame for zsh: put this file into a folder of $fpath, under the name _sesame.
_sesame() {
	local -a found asked
	asked=("${words[@]:0:$((CURRENT - 1))}")
	if [[ ${words[CURRENT]} == -* ]]; then
		asked+=("${words[CURRENT]}")
	fi
	found=("${(@f)$("${asked[@]}" --generate-bash-completion 2>/dev/null)}")
	if [[ -n ${found[1]} ]]; then
		_describe 'sesame' found
	else
		_files
	fi
}
compdef _sesame sesame
