import java.net.*;
import java.nio.charset.StandardCharsets;

public class UdpServerDatagram {
    public static void main(String[] args) throws Exception {
        DatagramSocket socket = new DatagramSocket(Integer.parseInt(args[0]));
        byte[] reponse = "Message received".getBytes();
        System.out.println("Serveur UDP demarre sur le port " + args[0]);
        while (true) {
            DatagramPacket recu = new DatagramPacket(new byte[50], 50);
            socket.receive(recu);
            String texte = new String(recu.getData(), 0, recu.getLength(), StandardCharsets.UTF_8);
            System.out.println(recu.getAddress().getHostAddress() + ":" + recu.getPort() + " -> " + texte);
            socket.send(new DatagramPacket(reponse, reponse.length, recu.getAddress(), recu.getPort()));
        }
    }
}
