// Prints what the official SDK of OpenSLO refuses of files with documents: `FILE: problem` on a line for each, and exit
// code 1.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/OpenSLO/go-sdk/pkg/openslosdk"
)

func main() {
	code := 0
	for _, name := range os.Args[1:] {
		if err := problem(name); err != nil {
			fmt.Printf("%s: %s\n", name, strings.ReplaceAll(err.Error(), "\n", " "))
			code = 1
		}
	}
	os.Exit(code)
}

func problem(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	objects, err := openslosdk.Decode(file, openslosdk.FormatYAML)
	if err != nil {
		return err
	}
	return openslosdk.Validate(objects...)
}
