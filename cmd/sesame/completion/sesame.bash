# Completion of sesame for bash: source this file, or put it into
# ~/.local/share/bash-completion/completions/sesame.
_sesame() {
	local current="${COMP_WORDS[COMP_CWORD]}" found
	local -a words=("${COMP_WORDS[@]:0:COMP_CWORD}")
	if [[ $current == -- ]]; then
		words+=(-) # what begins with two is chosen below; to the program they are the end of its options
	elif [[ $current == -* ]]; then
		words+=("$current")
	fi
	# The words are passed on as they are: nothing that is typed is evaluated.
	found=$("${words[@]}" --generate-bash-completion 2>/dev/null)
	mapfile -t COMPREPLY < <(compgen -W "${found//\$/}" -- "$current")
}
complete -o default -F _sesame sesame
