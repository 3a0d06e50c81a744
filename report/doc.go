// Package report shows a diagnosis to a person or a program.
//
// In: an [analyze.Diagnosis]. Out: text for a terminal ([Text]) or the public
// JSON form ([JSON]). It knows nothing of how the diagnosis was found.
//
// Everything that comes from a trace is hostile: control characters, terminal
// escapes, bidirectional overrides and invalid UTF-8 are written as visible
// escapes ([Escape]), and no field is shown without a limit on its length.
//
// Start reading at [Text]; each row of the text has a small function of its
// own in rows.go and verbose.go.
package report
