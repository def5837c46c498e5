// containerd, and its client when called ctr. Not in one program with Kubernetes: both register
// metrics of one name, which ends the process.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	_ "github.com/containerd/containerd/v2/cmd/containerd/builtins"
	containerd "github.com/containerd/containerd/v2/cmd/containerd/command"
	ctr "github.com/containerd/containerd/v2/cmd/ctr/app"
)

func main() {
	app := containerd.App()
	if filepath.Base(os.Args[0]) == "ctr" {
		app = ctr.New()
	}
	if err := app.Run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
