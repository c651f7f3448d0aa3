// Prints what the controller of ingress-nginx exposes after what nginx reports of some requests.
package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/ingress-nginx/internal/ingress/metric/collectors"
)

// Where the collector listens, which ingress-nginx fixes.
const socket = "/tmp/nginx/prometheus-nginx.socket"

const request = `{"host": "shop.example.org", "status": "%s", "responseLength": 300, "method": "GET", "requestLength": 200,
"requestTime": %s, "upstreamLatency": 0.001, "upstreamHeaderTime": 0.01, "upstreamResponseTime": 0.01,
"namespace": "shop", "ingress": "storefront", "service": "storefront", "canary": "", "path": "/"}`

func main() {
	must(os.MkdirAll("/tmp/nginx", 0o755))
	buckets := collectors.HistogramBuckets{TimeBuckets: prometheus.DefBuckets, LengthBuckets: prometheus.LinearBuckets(10, 10, 10), SizeBuckets: prometheus.ExponentialBuckets(10, 10, 7)}
	collector, err := collectors.NewSocketCollector("ingress-nginx-controller-1", "ingress-nginx", "k8s.io/ingress-nginx", false, false, buckets, nil)
	must(err)
	collector.SetHosts(sets.New("shop.example.org"))
	go collector.Start()
	for _, one := range [][2]string{{"200", "0.02"}, {"200", "0.4"}, {"404", "0.01"}, {"503", "1.5"}} {
		connection, err := net.Dial("unix", socket)
		must(err)
		_, err = fmt.Fprintf(connection, "["+request+"]", one[0], one[1])
		must(err)
		must(connection.Close())
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	for {
		families, err := registry.Gather()
		must(err)
		counted := 0.0
		for _, family := range families {
			if family.GetName() == "nginx_ingress_controller_requests" {
				for _, one := range family.GetMetric() {
					counted += one.GetCounter().GetValue()
				}
			}
		}
		if counted == 4 {
			for _, family := range families {
				_, err := expfmt.MetricFamilyToText(os.Stdout, family)
				must(err)
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
