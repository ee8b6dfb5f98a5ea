import select
import socket
import sys

port = int(sys.argv[1])
srv = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
srv.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
srv.bind(('', port))
srv.listen(5)
inputs = [srv]
while 1:
    readable, _, _ = select.select(inputs, [], [])
    for s in readable:
        if s is srv:
            clientsocket, clientaddress = s.accept()
            inputs.append(clientsocket)
            s = clientsocket
        if 1:
            try:
                data = s.recv(1024)
            except OSError:
                data = b''
            if not data:
                inputs.remove(s)
                s.close()
            else:
                print("This is the client data " + str(data))
                s.sendall(b"Message received")
                if data == b"end":
                    inputs.remove(s)
                    s.close()
