import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Seconds and nanoseconds since 1970, in binary. */
class UtcServer {
  public static void main(String[] args) throws Exception {
    try (var socket = new DatagramSocket(Integer.parseInt(args[0]))) {
      while (true) {
        var packet = new DatagramPacket(new byte[64], 64);
        socket.receive(packet);
        var now = Instant.now();
        var bytes = ByteBuffer.allocate(12).putLong(now.getEpochSecond()).putInt(now.getNano()).array();
        socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
      }
    }
  }
}
