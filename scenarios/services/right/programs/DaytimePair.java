import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Server and client with a PDU of 48 bytes: kind (0 question, 1 answer, 2 no such zone), moment or -1, offset in seconds, zone.
 * DaytimePair server PORT ZONE, DaytimePair client HOST PORT FORMAT ZONE AT. */
class DaytimePair {
  static final int LENGTH = 48;

  static byte[] pdu(int kind, long moment, int offset, String zone) {
    ByteBuffer buffer = ByteBuffer.allocate(LENGTH).put((byte) kind).putLong(moment).putInt(offset);
    return buffer.put(zone.getBytes(StandardCharsets.US_ASCII)).array();
  }

  static void serve(int port, String home) throws Exception {
    DatagramSocket socket = new DatagramSocket(port);
    DateTimeFormatter line = DateTimeFormatter.ofPattern("EEEE, MMMM d, yyyy HH:mm:ss-zzz", Locale.US);
    while (true) {
      DatagramPacket got = new DatagramPacket(new byte[2048], 2048);
      socket.receive(got);
      Instant now = Instant.now();
      byte[] answer;
      if (got.getLength() == LENGTH) {
        ByteBuffer fields = ByteBuffer.wrap(got.getData(), 0, LENGTH);
        fields.get();
        long moment = fields.getLong();
        fields.getInt();
        byte[] name = new byte[LENGTH - 13];
        fields.get(name);
        String zone = new String(name, StandardCharsets.US_ASCII).trim();
        if (moment < 0) moment = now.getEpochSecond();
        try {
          ZoneId place = ZoneId.of(zone.isEmpty() ? home : zone);
          answer = pdu(1, moment, place.getRules().getOffset(Instant.ofEpochSecond(moment)).getTotalSeconds(), zone);
        } catch (DateTimeException unknown) {
          answer = pdu(2, 0, 0, zone);
        }
      } else {
        answer = (line.format(ZonedDateTime.ofInstant(now, ZoneId.of(home))) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      }
      socket.send(new DatagramPacket(answer, answer.length, got.getSocketAddress()));
    }
  }

  static void ask(String host, int port, String form, String zone, String at) throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(5000);
      byte[] question = pdu(0, at.isEmpty() ? -1 : Long.parseLong(at), 0, zone);
      socket.send(new DatagramPacket(question, question.length, InetAddress.getByName(host), port));
      DatagramPacket got = new DatagramPacket(new byte[2048], 2048);
      socket.receive(got);
      ByteBuffer fields = ByteBuffer.wrap(got.getData(), 0, LENGTH);
      if (fields.get() == 2) {
        System.err.println("no zone " + zone);
        System.exit(1);
      }
      Instant there = Instant.ofEpochSecond(fields.getLong()).plusSeconds(fields.getInt());
      ZonedDateTime local = there.atZone(ZoneId.of("UTC"));
      String pattern = form.isEmpty() || form.equals("%c") ? "EEE MMM ppd HH:mm:ss yyyy" : "yyyy-MM-dd'T'HH:mm:ss";
      System.out.println(DateTimeFormatter.ofPattern(pattern, Locale.US).format(local));
    }
  }

  static String word(String[] words, int at) {
    return words.length > at ? words[at].substring(words[at].indexOf('=') + 1) : "";
  }

  public static void main(String[] words) throws Exception {
    if (words[0].equals("server")) {
      String home = word(words, 2);
      serve(Integer.parseInt(words[1]), home.isEmpty() ? "UTC" : home);
    } else {
      ask(words[1], Integer.parseInt(words[2]), word(words, 3), word(words, 4), word(words, 5));
    }
  }
}
