// Package report shows a diagnosis.
package report
