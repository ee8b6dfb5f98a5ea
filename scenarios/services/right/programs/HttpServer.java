/* A thread a client, and several requests on a connection: HttpServer ROOT PORT */

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public class HttpServer {
    static final byte[] PAGE = ("<html><head><title>Page not found</title></head><body><h2>Error 404</h2>"
        + "<p>The page you are looking for does not exist.</p></body></html>").getBytes(StandardCharsets.UTF_8);

    public static void main(String[] words) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(words[1]))) {
            while (true) {
                Socket client = server.accept();
                new Thread(() -> serve(client, Path.of(words[0]))).start();
            }
        }
    }

    static void serve(Socket client, Path root) {
        try (client) {
            BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            boolean keep = true;
            while (keep) {
                String first = in.readLine();
                if (first == null) return;
                keep = first.endsWith("HTTP/1.1");
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    if (line.toLowerCase().replace(" ", "").equals("connection:close")) keep = false;
                }
                String[] parts = first.split(" ");
                Path file = root.resolve(parts.length > 1 ? parts[1].split("\\?")[0].substring(1) : "").normalize();
                boolean there = file.startsWith(root) && Files.isRegularFile(file);
                byte[] body = there ? Files.readAllBytes(file) : PAGE;
                String type = there ? Files.probeContentType(file) : "text/html";
                String header = "HTTP/1.1 " + (there ? "200 OK" : "404 Not Found") + "\r\nContent-Length: " + body.length
                    + "\r\nContent-Type: " + (type == null ? "application/octet-stream" : type) + (keep ? "" : "\r\nConnection: close") + "\r\n\r\n";
                OutputStream out = client.getOutputStream();
                out.write(header.getBytes(StandardCharsets.ISO_8859_1));
                out.write(body);
                out.flush();
            }
        } catch (IOException gone) {
            System.err.println(gone.getMessage());
        }
    }
}
