// Prints what Traefik's registry of metrics exposes after some requests.
package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/traefik/traefik/v3/pkg/observability/metrics"
	"github.com/traefik/traefik/v3/pkg/observability/types"
)

func main() {
	config := &types.Prometheus{}
	config.SetDefaults()
	registry := metrics.RegisterPrometheus(context.Background(), config)
	for _, code := range []string{"200", "200", "404", "502"} {
		labels := []string{"service", "shop@kubernetes", "method", "GET", "protocol", "http", "code", code}
		registry.ServiceReqsCounter().With(http.Header{}, labels...).Add(1)
		registry.ServiceReqDurationHistogram().With(labels...).Observe(0.02)
	}
	answer := httptest.NewRecorder()
	metrics.PrometheusHandler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	os.Stdout.Write(answer.Body.Bytes())
}
