import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

/** Chat by multicast: java Chat.java --room 224.1.1.1 --name ana */
public class ChatLatin1 {
    static MulticastSocket in, out;
    static InetSocketAddress room;
    static String name;
    static volatile int status = 0;
    static boolean gone = false;

    static String option(String[] args, String which, String otherwise) {
        int i = Arrays.asList(args).indexOf(which) + 1;
        return i > 0 && i < args.length && !args[i].isEmpty() && !args[i].startsWith("--") ? args[i] : otherwise;
    }

    static synchronized void send(String text) throws IOException {
        byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
        if (b.length > 65507) {
            System.err.println("not sent: too long");
            status = 1;
            return;
        }
        out.send(new DatagramPacket(b, b.length, room));
    }

    static void hear() {
        byte[] buffer = new byte[65536];
        PrintStream screen = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        while (true) {
            try {
                DatagramPacket p = new DatagramPacket(buffer, buffer.length);
                in.receive(p);
                String text = new String(p.getData(), 0, p.getLength(), StandardCharsets.ISO_8859_1);
                screen.println(text.replaceAll("\\p{Cc}", "?"));
            } catch (IOException e) {
                return;
            }
        }
    }

    static synchronized void leave() {
        if (gone) return;
        gone = true;
        try {
            send(name + " left");
            Thread.sleep(150);
        } catch (Exception e) { }
        Runtime.getRuntime().halt(status);
    }

    public static void main(String[] args) throws Exception {
        String address = option(args, "--room", null);
        name = option(args, "--name", null);
        if (address == null || name == null) {
            System.err.println("usage: Chat --room ADDRESS --name NAME");
            System.exit(1);
        }
        room = new InetSocketAddress(address, Integer.parseInt(option(args, "--port", "5000")));
        String dev = option(args, "--interface", null);
        NetworkInterface net = dev == null ? null : NetworkInterface.getByName(dev);
        if (net == null && address.contains(":"))       // IPv6 wants to know it
            for (NetworkInterface n : Collections.list(NetworkInterface.getNetworkInterfaces()))
                if (net == null || net.isLoopback())
                    net = n;
        if (net != null && address.contains(":"))
            room = new InetSocketAddress(Inet6Address.getByAddress(null, room.getAddress().getAddress(), net), room.getPort());
        try {
            in = new MulticastSocket(room);
            in.joinGroup(room, net);
            out = new MulticastSocket();
            if (net != null)
                out.setNetworkInterface(net);
            out.setTimeToLive(Integer.parseInt(option(args, "--ttl", "1")));
            Thread listener = new Thread(ChatLatin1::hear);
            listener.setDaemon(true);
            listener.start();
            send(name + " joined");
        } catch (IOException e) {
            System.err.println("Network is unreachable: " + e.getMessage());
            System.exit(1);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(ChatLatin1::leave));
        BufferedReader keyboard = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = keyboard.readLine()) != null; )
            send(name + ": " + line);
        System.exit(0);
    }
}
