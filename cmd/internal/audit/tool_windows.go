package audit

// Tool returns "": what other systems tell costs more than an answer.
func Tool() string { return "" }
