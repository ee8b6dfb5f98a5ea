import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

class UtcClient {
  public static void main(String[] args) throws Exception {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      long began = System.nanoTime();
      socket.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName(args[0]), Integer.parseInt(args[1])));
      var packet = new DatagramPacket(new byte[64], 64);
      socket.receive(packet);
      long roundTrip = System.nanoTime() - began;
      var bytes = ByteBuffer.wrap(packet.getData());
      var utc = Instant.ofEpochSecond(bytes.getLong(), bytes.getInt()).plus(Duration.ofNanos(roundTrip / 2));
      System.out.println(DateTimeFormatter.ofPattern("dd/MM/yyyy HH:mm:ss.SSS").withZone(ZoneOffset.UTC).format(utc));
    }
  }
}
