import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

/** Serveur TCP itératif : DataInputStream en entrée, un client à la fois. */
public class TcpServerData {
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        ServerSocket ecoute = new ServerSocket(port, 1);
        System.out.println("Serveur pret, port " + port);
        while (true) {
            Socket client = ecoute.accept();
            System.out.println("Client : " + client.getRemoteSocketAddress());
            try (DataInputStream in = new DataInputStream(client.getInputStream());
                 DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()))) {
                byte[] tampon = new byte[1024];
                int n;
                while ((n = in.read(tampon)) != -1) {
                    String message = new String(tampon, 0, n, StandardCharsets.UTF_8);
                    System.out.println("Recu [" + message + "]");
                    out.writeBytes("Message received");
                    out.flush();
                    if (message.equals("end")) break;
                }
            } catch (IOException e) {
                System.out.println("Erreur avec ce client : " + e.getMessage());
            }
            System.out.println("Client termine");
        }
    }
}
