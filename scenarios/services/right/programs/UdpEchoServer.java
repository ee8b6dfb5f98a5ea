// A UDP echo server of java.net: java UdpEchoServer.java PORT
import java.net.DatagramPacket;
import java.net.DatagramSocket;

public class UdpEchoServer {
    public static void main(String[] args) throws Exception {
        DatagramSocket socket = new DatagramSocket(Integer.parseInt(args[0]));
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[65535], 65535);
            socket.receive(packet);
            socket.send(packet);
        }
    }
}
