import java.io.*;
import java.net.*;

/** Serveur d'echo iteratif : java EchoServer.java PORT */
public class EchoServer {
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("Usage : java EchoServer.java PORT");
            System.exit(2);
        }
        int port = 0;
        try {
            port = Integer.parseInt(args[0]);
        } catch (NumberFormatException e) {
            System.err.println("Mauvais port : " + args[0]);
            System.exit(2);
        }
        try (ServerSocket serveur = new ServerSocket(port)) {
            System.out.println("Serveur lance sur le port " + port);
            while (true) {
                try (Socket client = serveur.accept()) {
                    System.out.println("Connecte : " + client.getInetAddress().getHostAddress());
                    InputStream in = client.getInputStream();
                    OutputStream out = client.getOutputStream();
                    byte[] buf = new byte[4096];
                    int n;
                    while ((n = in.read(buf)) > 0) {
                        out.write(buf, 0, n);
                        out.flush();
                    }
                    System.out.println("Deconnecte");
                } catch (IOException e) {
                    System.err.println("Client perdu : " + e.getMessage());
                }
            }
        } catch (IOException e) {
            System.err.println("Port " + port + " : " + e.getMessage());
            System.exit(1);
        }
    }
}
