// Java's sockets, a pool of threads, one answer at a time for each connection: HttpProxy PORT
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class HttpProxy {
  record Kept(byte[] answer, long until) {}

  private static final Map<String, Kept> cache = new ConcurrentHashMap<>();
  private static final Pattern FIRST = Pattern.compile("(\\S+) (http://([^/:]+)(?::(\\d+))?(/\\S*)?) HTTP/1\\.[01]\r\n");

  public static void main(String[] words) throws IOException {
    var threads = Executors.newCachedThreadPool();
    try (ServerSocket server = new ServerSocket(Integer.parseInt(words[0]), 64)) {
      while (true) {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      }
    }
  }

  private static void serve(Socket client) {
    try (client) {
      client.setSoTimeout(30_000);
      answer(client);
    } catch (IOException gone) {
      // the client has left
    }
  }

  private static String head(InputStream from) throws IOException {
    var text = new StringBuilder();
    int octet;
    while ((octet = from.read()) >= 0) {
      text.append((char) octet);
      if (octet == '\n' && text.length() > 3 && text.substring(text.length() - 4).equals("\r\n\r\n")) return text.toString();
    }
    return null;
  }

  private static String field(String head, String name) {
    Matcher found = Pattern.compile("(?imd)^" + name + ":[ \t]*(.*?)\r$").matcher(head);
    var all = new StringBuilder();
    while (found.find()) all.append(found.group(1)).append(",");
    return all.length() == 0 ? null : all.substring(0, all.length() - 1);
  }

  private static void refuse(OutputStream to, String status) throws IOException {
    String page = "<html><body><h1>" + status + "</h1></body></html>";
    to.write(("HTTP/1.1 " + status + "\r\nContent-Type: text/html\r\nContent-Length: " + page.length() + "\r\nConnection: close\r\n\r\n" + page).getBytes());
  }

  private static void answer(Socket client) throws IOException {
    InputStream in = new java.io.BufferedInputStream(client.getInputStream());
    OutputStream out = client.getOutputStream();
    String asked = head(in);
    if (asked == null) return;
    Matcher first = FIRST.matcher(asked);
    if (!first.lookingAt()) {
      refuse(out, "400 Bad Request");
      return;
    }
    String method = first.group(1), url = first.group(2), path = first.group(5) == null ? "/" : first.group(5);
    boolean alone = !method.equals("GET") || field(asked, "Authorization") != null || field(asked, "Range") != null || field(asked, "Cookie") != null
        || field(asked, "Cache-Control") != null;
    Kept kept = alone ? null : cache.get(url);
    if (kept != null && kept.until() > System.currentTimeMillis()) {
      out.write(kept.answer());
      return;
    }
    int port = first.group(4) == null ? 80 : Integer.parseInt(first.group(4));
    String fields = asked.substring(first.end()).replaceAll("(?im)^(host|connection|proxy-connection|keep-alive):.*\r\n", "");
    String length = field(asked, "Content-Length");
    byte[] body = length == null ? new byte[0] : in.readNBytes(Integer.parseInt(length));
    var got = new ByteArrayOutputStream();
    try (Socket origin = new Socket()) {
      origin.connect(new InetSocketAddress(first.group(3), port), 10_000);
      origin.setSoTimeout(20_000);
      String host = first.group(3) + (first.group(4) == null ? "" : ":" + port);
      origin.getOutputStream().write((method + " " + path + " HTTP/1.0\r\nHost: " + host + "\r\n" + fields).getBytes(StandardCharsets.ISO_8859_1));
      origin.getOutputStream().write(body);
      String said = head(origin.getInputStream());
      if (said == null || !said.startsWith("HTTP/1.")) throw new IOException("no answer");
      byte[] begun = said.getBytes(StandardCharsets.ISO_8859_1);
      got.write(begun);
      out.write(begun);
      byte[] part = new byte[16384];
      int count;
      while ((count = origin.getInputStream().read(part)) > 0) {
        out.write(part, 0, count);
        got.write(part, 0, count);
      }
      keep(alone, url, said, got, got.size() - begun.length);
    } catch (IOException | IllegalArgumentException error) {
      if (got.size() == 0) refuse(out, "502 Bad Gateway");
    }
  }

  private static void keep(boolean alone, String url, String said, ByteArrayOutputStream got, int length) {
    String control = String.valueOf(field(said, "Cache-Control")).toLowerCase(Locale.ROOT), told = field(said, "Content-Length");
    Matcher age = Pattern.compile("(?<![-\\w])max-age=(\\d{1,9})").matcher(control);
    if (alone || !said.startsWith(" 200", 8) || told == null || !told.equals(String.valueOf(length)) || field(said, "Vary") != null || field(said, "Set-Cookie") != null) return;
    if (control.matches(".*(no-store|no-cache|private).*") || !age.find()) return;
    long old = field(said, "Age") == null ? 0 : Long.parseLong(field(said, "Age"));
    cache.put(url, new Kept(got.toByteArray(), System.currentTimeMillis() + 1000 * (Long.parseLong(age.group(1)) - old)));
  }
}
