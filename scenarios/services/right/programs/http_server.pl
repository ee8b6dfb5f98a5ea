#!/usr/bin/perl
# A process a client, HTTP/1.0 without lengths: the end of the body is the end of the connection. http_server.pl ROOT PORT
use strict;
use warnings;
use IO::Socket::INET;

my ($root, $port) = @ARGV;
my %types = (html => 'text/html', css => 'text/css', png => 'image/png', txt => 'text/plain');
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 16, ReuseAddr => 1) or die "cannot listen: $!";
while (1) {
    my $client = $server->accept or next;
    if (fork) { close $client; next; }
    my $first = <$client> // '';
    while (my $line = <$client>) { last if $line =~ /^\r?$/; }
    my ($path) = $first =~ m{^GET (/[^ ?]*)};
    $path //= '/nothing';
    $path =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    $path .= 'index.html' if $path =~ m{/$};
    if ($path !~ /\.\./ && -f "$root$path" && open my $file, '<:raw', "$root$path") {
        my ($ending) = $path =~ /\.(\w+)$/;
        print $client "HTTP/1.0 200 OK\r\nContent-type: " . ($types{$ending // ''} // 'application/octet-stream') . "\r\n\r\n";
        local $/ = \65536;
        print $client $_ while <$file>;
    } else {
        print $client "HTTP/1.0 404 Not Found\r\nContent-type: text/html\r\n\r\n";
        print $client "<HTML><BODY><H1>Sorry</H1><P>There is no such page here: it was moved, or never was.</P></BODY></HTML>\n";
    }
    close $client;
    exit 0;
}
