// Prints what promhttp of client_golang exposes after four requests: two answers, one mistake of a client, one failure.
package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
)

func main() {
	registry := prometheus.NewRegistry()
	labels := []string{"code", "method"}
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http_requests_total", Help: "Requests."}, labels)
	durations := prometheus.NewHistogramVec(
		prometheus.HistogramOpts{Name: "http_request_duration_seconds", Help: "Durations.", Buckets: prometheus.DefBuckets},
		labels,
	)
	registry.MustRegister(requests, durations)
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.URL.Path[1:])
		w.WriteHeader(code)
	})
	handler := promhttp.InstrumentHandlerDuration(durations, promhttp.InstrumentHandlerCounter(requests, answer))
	for _, path := range []string{"/200", "/200", "/404", "/503"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	families, err := registry.Gather()
	if err != nil {
		panic(err)
	}
	for _, family := range families {
		expfmt.MetricFamilyToText(os.Stdout, family)
	}
}
