// Command cdi-validator says whether CDI files are valid: by CNCF's JSON schema, and as its own
// library reads them (versions, names, edits). Exit status 1 at the first that is not.
package main

import (
	"fmt"
	"os"

	"tags.cncf.io/container-device-interface/pkg/cdi"
	"tags.cncf.io/container-device-interface/schema"
)

func validate(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := schema.BuiltinSchema().ValidateFile(path); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	if _, err := cdi.ReadSpec(path, 0); err != nil {
		return fmt.Errorf("library: %w", err)
	}
	return nil
}

func main() {
	for _, path := range os.Args[1:] {
		if err := validate(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}
