"""One client after the other, HTTP/1.0, a node by chance, and config.ini from the folder where it is started: http_balancer_sheet.py [--host HOST] [--port PORT]"""

import argparse
import configparser
import random
import socket

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="")
parser.add_argument("--port", type=int, default=8000)
args = parser.parse_args()
config = configparser.ConfigParser()
config.read("config.ini")
nodos = [(config.get(nodo, "host"), config.getint(nodo, "port")) for nodo in config.sections()]

servidor = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
servidor.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
servidor.bind((args.host, args.port))
servidor.listen(64)
print("Balanceador en el puerto", args.port)
while True:
    cliente, direccion = servidor.accept()
    cliente.settimeout(2)
    try:
        pedido = b""
        while b"\r\n\r\n" not in pedido:
            datos = cliente.recv(4096)
            if not datos:
                break
            pedido += datos
        lineas = [linea for linea in pedido.split(b"\r\n\r\n")[0].split(b"\r\n") if not linea.lower().startswith(b"connection:")]
        lineas[0] = lineas[0].replace(b"HTTP/1.1", b"HTTP/1.0")
        for host, port in random.sample(nodos, len(nodos)):
            try:
                nodo = socket.create_connection((host, port), 2)
            except OSError:
                print("nodo", host, port, "no responde")
                continue
            with nodo:
                nodo.sendall(b"\r\n".join(lineas) + b"\r\n\r\n")
                while datos := nodo.recv(4096):
                    cliente.sendall(datos)
            break
        else:
            cliente.sendall(b"HTTP/1.0 503 Servicio no disponible\r\n\r\n<h1>503</h1>")
    except OSError:
        pass
    cliente.close()
