package analyze

// rule gives points to a candidate and, where they speak for it, the reason in
// a sentence. No rule knows a program: each looks at the shape of what happened.
type rule struct {
	name  string
	apply func(f *facts, c *candidate) (points float64, because string)
}

// rules, in the order in which their sentences are shown.
var rules = []rule{
	{"path in the message", namesPath},
	{"address in the message", namesAddress},
	{"errno in the message", namesErrno},
	{"named in a warning", warnedOf},
	{"close to the message", closeToMessage},
	{"kind of call", kindOfCall},
	{"kind of call in the message", namesCall},
	{"kind of error", kindOfError},
	{"handed over", handedOver},
	{"repeated", repeated},
	{"told nobody", toldNobody},
	{"found elsewhere", foundElsewhere},
	{"fallback", fallback},
	{"where it was found is not told", unanswered},
	{"same failure where all went well", harmlessElsewhere},
	{"start-up probe", startupProbe},
	{"the application's own", ownPath},
	{"personal settings", personal},
	{"set by a variable", setByVariable},
	{"clean-up", cleanUp},
	{"done for a failure", lookedForFailure},
	{"repair", repair},
	{"named in what it read", namedInData},
	{"place to search", placeToSearch},
	{"another program", anotherProgram},
	{"waits for another", waitsForOther},
	{"missed later", missedLater},
	{"begins with nothing", beginsWithNothing},
	{"crash", crash},
	{"killed by another", killedByAnother},
	{"nothing to read", nothingToRead},
	{"untraced", untraced},
	{"words thrown away", thrownAway},
}
