import java.io.DataInputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Addresses one after another, words on one connection over TCP, and a table at the end: LIST PORT SECONDS [--udp] [--tcp]. */
public class RttProber {
    static int sent, received;
    static double sum;

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[1]);
        boolean tcp = args[args.length - 1].equals("--tcp");
        StringBuilder table = new StringBuilder(String.format("%-16s %8s %8s %8s %12s%n", "Host", "Sent", "Received", "Lost", "Average (ms)"));
        for (String host : Files.readString(Path.of(args[0])).trim().split("\\s*;\\s*")) {
            sent = received = 0;
            sum = 0;
            long end = System.nanoTime() + (long) (Double.parseDouble(args[2]) * 1e9);
            if (tcp) {
                words(new InetSocketAddress(host, port), end);
            } else {
                datagrams(new InetSocketAddress(host, port), end);
            }
            double average = received > 0 ? sum / received : 0.0;
            table.append(String.format(Locale.US, "%-16s %8d %8d %8d %12.3f%n", host, sent, received, sent - received, average));
        }
        System.out.print(table);
    }

    static void datagrams(InetSocketAddress to, long end) throws Exception {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(1000);
            DatagramPacket answer = new DatagramPacket(new byte[64], 64);
            while (System.nanoTime() < end) {
                byte[] word = String.format("%08d", ++sent).getBytes();
                long begin = System.nanoTime();
                socket.send(new DatagramPacket(word, word.length, to));
                try {
                    do {
                        socket.receive(answer);
                    } while (!Arrays.equals(word, Arrays.copyOf(answer.getData(), answer.getLength())));
                    took(begin);
                } catch (SocketTimeoutException e) {
                    // lost
                }
                Thread.sleep(20);
            }
        }
    }

    static void words(InetSocketAddress to, long end) throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(to, 5000);
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (System.nanoTime() < end) {
                byte[] word = String.format("%08d", ++sent).getBytes();
                long begin = System.nanoTime();
                socket.getOutputStream().write(word);
                in.readFully(new byte[word.length]);
                took(begin);
                Thread.sleep(20);
            }
        }
    }

    static void took(long begin) {
        sum += (System.nanoTime() - begin) / 1e6;
        received++;
    }
}
