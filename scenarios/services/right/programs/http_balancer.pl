#!/usr/bin/perl
# A process a client, a node by the client's address, one request a connection: http_balancer.pl CONFIG PORT
use strict;
use warnings;
use IO::Socket::INET;

my ($file, $port) = @ARGV;
my @nodes;
open my $config, '<', $file or die "$file: $!";
while (<$config>) {
    push @nodes, {} if /^\s*\[/;
    $nodes[-1]{$1} = $2 if /^\s*(host|port)\s*=\s*(\S+)/;
}
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 128, ReuseAddr => 1) or die "cannot listen: $!";
while (1) {
    my $client = $server->accept or next;
    if (fork) { close $client; next; }
    my $head = '';
    while (my $line = <$client>) {
        last if $line =~ /^\r?$/;
        $head .= $line unless $line =~ /^Connection:/i;
    }
    exit 0 unless $head;
    my ($length) = $head =~ /^Content-Length:\s*(\d+)/mi;
    read $client, my $body, $length || 0;
    my $sum = 0;
    $sum += $_ for split /\./, $client->peerhost;
    for my $try (0 .. $#nodes) {
        my $one = $nodes[($sum + $try) % @nodes];
        my $node = IO::Socket::INET->new(PeerAddr => $one->{host}, PeerPort => $one->{port}, Timeout => 2) or next;
        print $node $head, "Connection: close\r\n\r\n", $body // '';
        $node->flush;
        while (sysread $node, my $data, 65536) {
            print $client $data;
        }
        $client->flush;
        close $client;
        exit 0;
    }
    print $client "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    close $client;
    exit 0;
}
