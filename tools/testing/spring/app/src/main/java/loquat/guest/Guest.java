package loquat.guest;

import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

/** An application as a Spring developer writes it; nothing in it knows of Loquat. */
@SpringBootApplication
public class Guest {
    public static void main(String[] arguments) {
        SpringApplication.run(Guest.class, arguments);
    }

    @Bean
    @LoadBalanced
    RestTemplate rest() {
        return new RestTemplate();
    }

    @RestController
    @RefreshScope
    static class Greeting {
        private final String greeting;
        private final String secret;
        private final String instance;

        Greeting(@Value("${greeting:none}") String greeting, @Value("${secret:none}") String secret,
                 @Value("${guest.instance}") String instance) {
            this.greeting = greeting;
            this.secret = secret;
            this.instance = instance;
        }

        @GetMapping("/greeting")
        Map<String, String> greeting(@RequestHeader(name = "X-Route", defaultValue = "none") String route) {
            return Map.of("greeting", greeting, "secret", secret, "instance", instance, "route", route);
        }
    }

    @RestController
    static class Relay {
        private final RestTemplate rest;

        Relay(RestTemplate rest) {
            this.rest = rest;
        }

        @GetMapping("/relay")
        Map<?, ?> relay() {
            return rest.getForObject("http://guest/greeting", Map.class);
        }
    }
}
