import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;

/** Prints what Micrometer exposes of the timer of Spring Boot, with its tags and a bucket at 500 milliseconds. */
public class Record {
    public static void main(String[] arguments) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        String[][] requests = {
            {"200", "SUCCESS", "/bookings"},
            {"200", "SUCCESS", "/bookings"},
            {"404", "CLIENT_ERROR", "/bookings"},
            {"500", "SERVER_ERROR", "/bookings"},
            {"200", "SUCCESS", "/actuator/health"},
        };
        for (var one : requests) {
            Timer.builder("http.server.requests")
                .tags("error", "none", "exception", "none", "method", "GET")
                .tags("status", one[0], "outcome", one[1], "uri", one[2])
                .serviceLevelObjectives(Duration.ofMillis(500))
                .register(registry)
                .record(Duration.ofMillis(30));
        }
        System.out.print(registry.scrape());
    }
}
