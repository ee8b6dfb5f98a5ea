import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

public class TcpServerSelector {
    public static void main(String[] args) throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress("0.0.0.0", Integer.parseInt(args[0])));
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println("Selector server started");
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        while (true) {
            selector.select();
            Iterator<SelectionKey> it = selector.selectedKeys().iterator();
            while (it.hasNext()) {
                SelectionKey key = it.next();
                it.remove();
                if (!key.isValid()) continue;
                if (key.isAcceptable()) {
                    SocketChannel c = server.accept();
                    c.configureBlocking(false);
                    c.register(selector, SelectionKey.OP_READ);
                    System.out.println("accepted " + c.getRemoteAddress());
                } else if (key.isReadable()) {
                    SocketChannel c = (SocketChannel) key.channel();
                    try {
                        buffer.clear();
                        int n = c.read(buffer);
                        if (n == -1) {
                            System.out.println("end of " + c.getRemoteAddress());
                            c.close();
                            continue;
                        }
                        buffer.flip();
                        String text = StandardCharsets.UTF_8.decode(buffer).toString();
                        System.out.println(c.getRemoteAddress() + ": " + text);
                        c.write(ByteBuffer.wrap("Message received".getBytes()));
                        if (text.equals("end")) c.close();
                    } catch (IOException e) {
                        System.out.println("lost: " + e.getMessage());
                        c.close();
                    }
                }
            }
        }
    }
}
