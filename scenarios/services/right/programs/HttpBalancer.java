/* The library's server and client, a pool of threads, dead nodes set aside for a while: HttpBalancer CONFIG PORT */

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

public class HttpBalancer {
    static final List<String[]> NODES = new ArrayList<>();
    static final Map<String, Long> ASIDE = new ConcurrentHashMap<>();
    static final AtomicInteger TURN = new AtomicInteger();
    static final Set<String> OWN = Set.of("connection", "content-length", "host", "expect", "upgrade", "transfer-encoding");
    static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();

    public static void main(String[] words) throws IOException {
        for (String line : Files.readAllLines(Path.of(words[0]))) {
            String[] pair = line.split("=", 2);
            if (line.startsWith("[nodo")) NODES.add(new String[2]);
            else if (pair.length == 2 && pair[0].strip().equals("host")) NODES.get(NODES.size() - 1)[0] = pair[1].strip();
            else if (pair.length == 2 && pair[0].strip().equals("port")) NODES.get(NODES.size() - 1)[1] = pair[1].strip();
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(words[1])), 128);
        server.createContext("/", HttpBalancer::answer);
        server.setExecutor(Executors.newFixedThreadPool(100));
        server.start();
    }

    static void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int first = TURN.getAndIncrement();
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < NODES.size(); i++) {
                String[] node = NODES.get(Math.floorMod(first + i, NODES.size()));
                String place = node[0] + ":" + node[1];
                if (pass == 0 && ASIDE.getOrDefault(place, 0L) > System.currentTimeMillis()) continue;
                try {
                    handOn(exchange, ask(exchange, place, body));
                    return;
                } catch (ConnectException | HttpConnectTimeoutException absent) {
                    ASIDE.put(place, System.currentTimeMillis() + 2000);
                } catch (IOException | InterruptedException failed) {
                    exchange.sendResponseHeaders(502, -1);
                    exchange.close();
                    return;
                }
            }
        }
        exchange.sendResponseHeaders(503, -1);
        exchange.close();
    }

    static HttpResponse<InputStream> ask(HttpExchange exchange, String place, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://" + place + exchange.getRequestURI()));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OWN.contains(name.toLowerCase())) values.forEach(value -> builder.header(name, value));
        });
        builder.header("X-Forwarded-For", exchange.getRemoteAddress().getAddress().getHostAddress());
        HttpRequest.BodyPublisher publisher = body.length > 0 ? HttpRequest.BodyPublishers.ofByteArray(body) : HttpRequest.BodyPublishers.noBody();
        return CLIENT.send(builder.method(exchange.getRequestMethod(), publisher).build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    static void handOn(HttpExchange exchange, HttpResponse<InputStream> reply) throws IOException {
        reply.headers().map().forEach((name, values) -> {
            if (!OWN.contains(name.toLowerCase())) exchange.getResponseHeaders().put(name, new ArrayList<>(values));
        });
        long length = reply.headers().firstValueAsLong("content-length").orElse(0);
        boolean none = exchange.getRequestMethod().equals("HEAD") || reply.statusCode() == 204 || reply.statusCode() == 304;
        exchange.sendResponseHeaders(reply.statusCode(), none || (length == 0 && reply.headers().firstValue("content-length").isPresent()) ? -1 : length);
        try (InputStream from = reply.body(); var to = exchange.getResponseBody()) {
            if (!none) from.transferTo(to);
        }
    }
}
