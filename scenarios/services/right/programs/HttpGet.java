import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;

/** A client by java.net.http: HttpGet.java url= proxy= port= log= output=, empty where they are not given. */
public class HttpGet {
    public static void main(String[] given) throws Exception {
        String[] words = java.util.Arrays.stream(given).map(word -> word.substring(word.indexOf('=') + 1)).toArray(String[]::new);
        URI url = URI.create(words[0]);
        if (!words[2].isEmpty() && url.getPort() < 0) {
            url = new URI("http", null, url.getHost(), Integer.parseInt(words[2]), url.getPath(), url.getQuery(), null);
        }
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.ALWAYS);
        if (!words[1].isEmpty()) {
            String[] parts = words[1].split(":");
            builder.proxy(ProxySelector.of(new InetSocketAddress(parts[0], Integer.parseInt(parts[1]))));
        }
        HttpResponse<byte[]> answer;
        try {
            answer = builder.build().send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (java.io.IOException error) {
            System.err.println(error);
            System.exit(1);
            return;
        }
        ArrayDeque<HttpResponse<byte[]>> hops = new ArrayDeque<>();
        for (HttpResponse<byte[]> hop = answer; hop != null; hop = hop.previousResponse().orElse(null)) {
            hops.addFirst(hop);
        }
        if (!words[3].isEmpty()) {
            try (PrintWriter log = new PrintWriter(words[3])) {
                for (HttpResponse<byte[]> hop : hops) {
                    log.println("HTTP/1.1 " + hop.statusCode() + (hop.statusCode() == 200 ? " OK" : ""));
                    hop.headers().map().forEach((name, values) -> values.forEach(value -> log.println(titled(name) + ": " + value)));
                    log.println();
                }
            }
        }
        if (answer.statusCode() >= 300) {
            System.err.println("status " + answer.statusCode());
            System.exit(1);
        }
        Files.write(Path.of(words[4].isEmpty() ? "index.html" : words[4]), answer.body());
    }

    /** Content-Length for content-length, as it may have come. */
    private static String titled(String name) {
        StringBuilder text = new StringBuilder();
        for (String part : name.split("-")) {
            text.append(text.length() > 0 ? "-" : "").append(part.substring(0, 1).toUpperCase()).append(part.substring(1));
        }
        return text.toString();
    }
}
