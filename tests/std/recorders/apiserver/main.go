// Prints what the library of Kubernetes' API server exposes after some requests.
package main

import (
	"net/http/httptest"
	"os"
	"time"

	"github.com/prometheus/common/expfmt"
	"k8s.io/apiserver/pkg/endpoints/metrics"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/component-base/metrics/legacyregistry"
)

var method = map[string]string{"GET": "GET", "LIST": "GET", "WATCH": "GET", "POST": "POST"}

func main() {
	metrics.Register()
	for _, one := range []struct {
		verb, resource, subresource, scope string
		code                               int
	}{
		{"GET", "pods", "", "resource", 200},
		{"GET", "pods", "log", "resource", 200},
		{"LIST", "pods", "", "namespace", 200},
		{"LIST", "pods", "", "cluster", 504},
		{"WATCH", "pods", "", "cluster", 200},
		{"POST", "pods", "", "resource", 429},
	} {
		received := httptest.NewRequest(method[one.verb], "/", nil)
		received = received.WithContext(request.WithLatencyTrackers(received.Context()))
		metrics.MonitorRequest(
			received, one.verb, "", "v1", one.resource, one.subresource, one.scope, "apiserver", false, "", one.code, 100,
			30*time.Millisecond,
		)
	}
	families, err := legacyregistry.DefaultGatherer.Gather()
	if err != nil {
		panic(err)
	}
	for _, family := range families {
		expfmt.MetricFamilyToText(os.Stdout, family)
	}
}
