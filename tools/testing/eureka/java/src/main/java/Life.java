import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.MyDataCenterInstanceConfig;
import com.netflix.appinfo.providers.EurekaConfigBasedInstanceInfoProvider;
import com.netflix.discovery.DefaultEurekaClientConfig;
import com.netflix.discovery.DiscoveryClient;
import com.netflix.discovery.shared.Application;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;

// A whole life of Netflix's eureka-client at two registries, one of which dies: Life URL1 URL2 (.../eureka).
// Says `lose` when the first registry is to die, and goes on when it reads a line.
public final class Life {
    private static final HttpClient http = HttpClient.newHttpClient();

    private static HttpResponse<String> ask(String method, String url, String body) throws Exception {
        HttpRequest.BodyPublisher sent =
            body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return http.send(HttpRequest.newBuilder(URI.create(url)).method(method, sent).header("Accept", "application/json")
                .header("Content-Type", "application/json").build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void add(String url, int port) throws Exception {
        String body = "{\"instance\":{\"app\":\"OTHER\",\"instanceId\":\"other:" + port + "\",\"hostName\":\"127.0.0.1\","
            + "\"ipAddr\":\"127.0.0.1\",\"port\":{\"$\":" + port + ",\"@enabled\":\"true\"},\"status\":\"UP\","
            + "\"vipAddress\":\"other\",\"dataCenterInfo\":{\"name\":\"MyOwn\"}}}";
        int status = ask("POST", url + "/apps/OTHER", body).statusCode();
        if (status != 204) {
            throw new IllegalStateException("registration: " + status);
        }
    }

    private static boolean has(String url, String status) throws Exception {
        HttpResponse<String> answer = ask("GET", url + "/apps/JAVALIFE", null);
        return status == null ? answer.statusCode() == 404 : answer.body().contains("\"status\":\"" + status + "\"");
    }

    private static void until(String what, Callable<Boolean> holds) throws Exception {
        for (int tries = 0; tries < 300; ++tries) {
            if (holds.call()) {
                System.out.println("ok " + what);
                return;
            }
            Thread.sleep(100);
        }
        System.out.println("never: " + what);
        System.exit(1);
    }

    public static void main(String[] urls) throws Exception {
        String first = urls[0];
        String second = urls[1];
        System.setProperty("eureka.name", "javalife");
        System.setProperty("eureka.vipAddress", "java.life");
        System.setProperty("eureka.port", "9092");
        System.setProperty("eureka.port.enabled", "true");
        System.setProperty("eureka.lease.renewalInterval", "1");
        System.setProperty("eureka.lease.duration", "4");
        System.setProperty("eureka.client.refresh.interval", "1");
        System.setProperty("eureka.appinfo.initial.replicate.time", "0");
        System.setProperty("eureka.appinfo.replicate.interval", "1");
        System.setProperty("eureka.preferSameZone", "false");
        System.setProperty("eureka.shouldUseDns", "false");
        System.setProperty("eureka.serviceUrl.default", first + "/," + second + "/");
        MyDataCenterInstanceConfig instance = new MyDataCenterInstanceConfig();
        ApplicationInfoManager manager =
            new ApplicationInfoManager(instance, new EurekaConfigBasedInstanceInfoProvider(instance).get());
        DiscoveryClient client = new DiscoveryClient(manager, new DefaultEurekaClientConfig());
        manager.setInstanceStatus(InstanceInfo.InstanceStatus.UP);
        until("registered, and replicated", () -> has(first, "UP") && has(second, "UP"));
        add(second, 8001);
        until("sees an instance that came to the other registry", () -> sees(client, 8001));
        add(first, 8002);
        until("sees another one in the delta", () -> sees(client, 8001) && sees(client, 8002));
        ask("DELETE", first + "/apps/OTHER/other:8002", null);
        until("sees that it has gone", () -> !sees(client, 8002));
        manager.setInstanceStatus(InstanceInfo.InstanceStatus.OUT_OF_SERVICE);
        manager.setInstanceStatus(InstanceInfo.InstanceStatus.DOWN);
        until("is down", () -> has(first, "DOWN") && has(second, "DOWN"));
        manager.setInstanceStatus(InstanceInfo.InstanceStatus.UP);
        until("is up again", () -> has(first, "UP") && has(second, "UP"));
        System.out.println("lose");
        new BufferedReader(new InputStreamReader(System.in)).readLine();
        add(second, 8003);
        until("goes on at the second registry", () -> sees(client, 8003));
        Thread.sleep(6000);
        until("is kept alive by beats", () -> has(second, "UP"));
        client.shutdown();
        until("is gone", () -> has(second, null));
        System.exit(0);
    }

    private static boolean sees(DiscoveryClient client, int port) {
        Application app = client.getApplication("OTHER");
        return app != null && app.getInstances().stream().anyMatch(one -> one.getPort() == port);
    }
}
