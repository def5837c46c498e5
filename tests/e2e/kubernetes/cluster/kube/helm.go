package main

import (
	"fmt"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/strvals"
)

// renderChart prints what `helm template NAME CHART --namespace NAMESPACE --set A=B` would, by
// helm's own loader and engine; files in the order of their names.
func renderChart(arguments []string) error {
	if len(arguments) < 3 {
		return fmt.Errorf("usage: helm-template NAME NAMESPACE CHART [A=B ...]")
	}
	chart, err := loader.Load(arguments[2])
	if err != nil {
		return err
	}
	values := map[string]interface{}{}
	for _, set := range arguments[3:] {
		if err := strvals.ParseInto(set, values); err != nil {
			return err
		}
	}
	release := chartutil.ReleaseOptions{Name: arguments[0], Namespace: arguments[1], Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return err
	}
	names := []string{}
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if text := strings.TrimSpace(files[name]); text != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", name, text)
		}
	}
	return nil
}
