// Prints what a Kubernetes API server would refuse or silently drop of files with one PrometheusRule each: `FILE: problem`
// on a line for each, and exit code 1. The types are the Prometheus Operator's own; Kubernetes' decoder and its checks of
// metadata are run as its API server runs them.
//
// The operator states some rules in comments only, for the generator of its CRD. `rules` repeats those of them that a
// generated file could break. What this program does not see: a key that is missing and one that has the empty value of its
// type are the same to it, and PromQL and the names of metrics are promtool's to judge.
package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// As above the types Duration and NonEmptyDuration, and above RuleGroup.PartialResponseStrategy.
var (
	duration = regexp.MustCompile(`^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$`)
	strategy = regexp.MustCompile(`^(?i)(abort|warn)?$`)
)

func main() {
	scheme := runtime.NewScheme()
	if err := monitoring.AddToScheme(scheme); err != nil {
		panic(err)
	}
	options := json.SerializerOptions{Yaml: true, Strict: true}
	decoder := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, options)
	code := 0
	for _, name := range os.Args[1:] {
		for _, problem := range problems(decoder, name) {
			fmt.Printf("%s: %s\n", name, strings.ReplaceAll(problem.Error(), "\n", " "))
			code = 1
		}
	}
	os.Exit(code)
}

func problems(decoder runtime.Decoder, name string) []error {
	content, err := os.ReadFile(name)
	if err != nil {
		return []error{err}
	}
	object, _, err := decoder.Decode(content, nil, nil)
	if err != nil {
		return []error{err}
	}
	rule, ok := object.(*monitoring.PrometheusRule)
	if !ok {
		return []error{fmt.Errorf("kind: %T is no PrometheusRule", object)}
	}
	if rule.Namespace == "" {
		rule.Namespace = "default" // as kubectl does
	}
	var found []error
	for _, problem := range validation.ValidateObjectMeta(&rule.ObjectMeta, true, validation.NameIsDNSSubdomain, field.NewPath("metadata")) {
		found = append(found, problem)
	}
	return append(found, rules(rule.Spec.Groups)...)
}

// rules returns what the groups break of the rules that the operator states in comments on its types.
func rules(groups []monitoring.RuleGroup) []error {
	var found []error
	check := func(good bool, where, problem string) {
		if !good {
			found = append(found, fmt.Errorf("spec.%s: %s", where, problem))
		}
	}
	time := func(value *monitoring.Duration, where string) {
		check(value == nil || duration.MatchString(string(*value)), where, "no duration")
	}
	check(len(groups) > 0, "groups", "missing or empty")
	names := map[string]bool{}
	for i, group := range groups {
		where := fmt.Sprintf("groups[%d]", i)
		check(group.Name != "", where+".name", "missing or empty")
		check(!names[group.Name], where+".name", "the name of an earlier group")
		names[group.Name] = true
		time(group.Interval, where+".interval")
		time(group.QueryOffset, where+".query_offset")
		check(strategy.MatchString(group.PartialResponseStrategy), where+".partial_response_strategy", "neither abort nor warn")
		for j, rule := range group.Rules {
			where := fmt.Sprintf("%s.rules[%d]", where, j)
			check((rule.Record == "") != (rule.Alert == ""), where, "not exactly one of record and alert")
			check(rule.Expr != (intstr.IntOrString{}), where+".expr", "missing or 0")
			time(rule.For, where+".for")
			time((*monitoring.Duration)(rule.KeepFiringFor), where+".keep_firing_for")
			check(rule.KeepFiringFor == nil || *rule.KeepFiringFor != "", where+".keep_firing_for", "empty")
		}
	}
	return found
}
