// Prints what CoreDNS' plugin of metrics exposes after some answers.
package main

import (
	"os"

	"github.com/coredns/coredns/plugin/metrics/vars"
	"github.com/coredns/coredns/plugin/test"
	"github.com/coredns/coredns/request"
	"github.com/miekg/dns"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"time"
)

func main() {
	for _, rcode := range []string{"NOERROR", "NOERROR", "NXDOMAIN", "SERVFAIL"} {
		message := new(dns.Msg)
		message.SetQuestion("example.org.", dns.TypeA)
		state := request.Request{W: &test.ResponseWriter{}, Req: message}
		vars.Report("dns://:53", state, ".", "", rcode, "forward", 100, time.Now())
	}
	families, err := prometheus.DefaultGatherer.Gather()
	if err != nil {
		panic(err)
	}
	for _, family := range families {
		expfmt.MetricFamilyToText(os.Stdout, family)
	}
}
