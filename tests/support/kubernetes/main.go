// Prints what a Kubernetes API server would refuse or silently drop of files with one resource each: `FILE: problem` on a
// line for each, and exit code 1. The types are Kubernetes' and the Prometheus Operator's own; Kubernetes' decoder and its
// checks of metadata are run as its API server runs them.
//
// The operator states some rules in comments only, for the generator of its CRD. `rules` and `configuration` repeat those of
// them that a generated file could break. What this program does not see: a key that is missing and one that has the empty
// value of its type are the same to it, and PromQL and the names of metrics are promtool's to judge.
package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	alpha "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/intstr"
	keys "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// As above the types Duration and NonEmptyDuration, and above RuleGroup.PartialResponseStrategy and URL.
var (
	duration = regexp.MustCompile(`^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$`)
	strategy = regexp.MustCompile(`^(?i)(abort|warn)?$`)
	address  = regexp.MustCompile(`^https?://.+$`)
)

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{monitoring.AddToScheme, alpha.AddToScheme, core.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
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
	var found []error
	switch resource := object.(type) {
	case *monitoring.PrometheusRule:
		found = rules(resource.Spec.Groups)
	case *alpha.AlertmanagerConfig:
		found = configuration(resource.Spec)
	case *core.ConfigMap:
		found = data(resource.Data)
	default:
		return []error{fmt.Errorf("kind: %T is none that sloc writes", object)}
	}
	return append(metadata(object), found...)
}

func metadata(object runtime.Object) []error {
	about, err := meta.Accessor(object)
	if err != nil {
		return []error{err}
	}
	if about.GetNamespace() == "" {
		about.SetNamespace("default") // as kubectl does
	}
	var found []error
	for _, problem := range validation.ValidateObjectMetaAccessor(about, true, validation.NameIsDNSSubdomain, field.NewPath("metadata")) {
		found = append(found, problem)
	}
	return found
}

// problem appends to a list unless what it is told is good.
type problem func(good bool, where, what string)

func collect(found *[]error) problem {
	return func(good bool, where, what string) {
		if !good {
			*found = append(*found, fmt.Errorf("%s: %s", where, what))
		}
	}
}

// rules returns what the groups break of the rules that the operator states in comments on its types.
func rules(groups []monitoring.RuleGroup) []error {
	var found []error
	check := collect(&found)
	time := func(value *monitoring.Duration, where string) {
		check(value == nil || duration.MatchString(string(*value)), where, "no duration")
	}
	check(len(groups) > 0, "spec.groups", "missing or empty")
	names := map[string]bool{}
	for i, group := range groups {
		where := fmt.Sprintf("spec.groups[%d]", i)
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

// configuration returns what an AlertmanagerConfig breaks of the rules that the operator states in comments on its types.
func configuration(spec alpha.AlertmanagerConfigSpec) []error {
	var found []error
	check := collect(&found)
	names := map[string]bool{}
	for i, receiver := range spec.Receivers {
		where := fmt.Sprintf("spec.receivers[%d]", i)
		check(receiver.Name != "", where+".name", "missing or empty")
		check(!names[receiver.Name], where+".name", "the name of an earlier receiver")
		names[receiver.Name] = true
		for _, one := range receiver.PagerDutyConfigs {
			secret(check, one.RoutingKey, where+".pagerdutyConfigs.routingKey")
		}
		for _, one := range receiver.SlackConfigs {
			secret(check, one.APIURL, where+".slackConfigs.apiURL")
		}
		for _, one := range receiver.WebhookConfigs {
			check(one.URL != nil && address.MatchString(string(*one.URL)), where+".webhookConfigs.url", "no address")
		}
	}
	for i, rule := range spec.InhibitRules {
		matchers(check, rule.SourceMatch, fmt.Sprintf("spec.inhibitRules[%d].sourceMatch", i))
		matchers(check, rule.TargetMatch, fmt.Sprintf("spec.inhibitRules[%d].targetMatch", i))
	}
	check(spec.Route != nil && spec.Route.Receiver != "", "spec.route.receiver", "missing or empty")
	if spec.Route != nil {
		route(check, *spec.Route, names, "spec.route")
	}
	return found
}

func route(check problem, one alpha.Route, receivers map[string]bool, where string) {
	check(one.Receiver == "" || receivers[one.Receiver], where+".receiver", "no receiver has this name")
	check(duration.MatchString(one.RepeatInterval), where+".repeatInterval", "no duration")
	matchers(check, one.Matchers, where+".matchers")
	seen := map[string]bool{}
	for _, label := range one.GroupBy {
		check(!seen[label], where+".groupBy", "a label twice")
		seen[label] = true
	}
	children, err := one.ChildRoutes()
	check(err == nil, where+".routes", fmt.Sprint(err))
	for i, child := range children {
		route(check, child, receivers, fmt.Sprintf("%s.routes[%d]", where, i))
	}
}

func matchers(check problem, found []alpha.Matcher, where string) {
	check(len(found) > 0, where, "missing or empty")
	for _, one := range found {
		check(one.MatchType != "", where, "no matchType")
		err := one.Validate()
		check(err == nil, where, fmt.Sprint(err))
	}
}

func secret(check problem, one *core.SecretKeySelector, where string) {
	if one == nil {
		check(false, where, "missing")
		return
	}
	for _, wrong := range append(validation.NameIsDNSSubdomain(one.Name, false), keys.IsConfigMapKey(one.Key)...) {
		check(false, where, wrong)
	}
}

// data returns what Kubernetes refuses of the data of a ConfigMap, as its ValidateConfigMap says, which no module has.
func data(found map[string]string) []error {
	var wrong []error
	check := collect(&wrong)
	size := 0
	for key, text := range found {
		for _, what := range keys.IsConfigMapKey(key) {
			check(false, "data["+key+"]", what)
		}
		size += len(text)
	}
	check(size <= core.MaxSecretSize, "data", fmt.Sprintf("%d bytes, of at most %d", size, core.MaxSecretSize))
	return wrong
}
