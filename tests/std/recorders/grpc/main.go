// Prints what go-grpc-middleware exposes after calls of the health service: an answer, a name that is not known, a failure.
package main

import (
	"context"
	"os"

	middleware "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func main() {
	registry := prometheus.NewRegistry()
	metrics := middleware.NewServerMetrics(middleware.WithServerHandlingTimeHistogram())
	registry.MustRegister(metrics)
	interceptor := metrics.UnaryServerInterceptor()
	info := &grpc.UnaryServerInfo{FullMethod: "/ledger.v1.Ledger/Book"}
	for _, code := range []codes.Code{codes.OK, codes.OK, codes.NotFound, codes.Canceled, codes.Unavailable} {
		interceptor(context.Background(), nil, info, func(context.Context, any) (any, error) {
			return nil, status.Error(code, "")
		})
	}
	health := &grpc.UnaryServerInfo{FullMethod: "/grpc.health.v1.Health/Check"}
	interceptor(context.Background(), nil, health, func(context.Context, any) (any, error) { return nil, nil })
	families, err := registry.Gather()
	if err != nil {
		panic(err)
	}
	for _, family := range families {
		expfmt.MetricFamilyToText(os.Stdout, family)
	}
}
