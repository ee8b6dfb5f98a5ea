# A process a client, and files for a cache that all of them share: http_proxy.pl PORT
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use IO::Socket::INET;

my $port = shift;
my $folder = "/tmp/kept";
mkdir $folder;
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 64, ReuseAddr => 1, Proto => "tcp") or die "cannot listen: $!";
$SIG{CHLD} = "IGNORE";
$SIG{INT} = sub { exit 0 };
while (1) {
    my $client = $server->accept or next;
    if (!fork) {
        close $server;
        $SIG{ALRM} = sub { exit 1 };
        alarm 60;
        serve($client);
        exit 0;
    }
    close $client;
}

sub head_of {
    my ($from) = @_;
    local $/ = "\r\n\r\n";
    my $head = <$from>;
    return defined $head && $head =~ /\r\n\r\n\z/ ? $head : undef;
}

sub refuse {
    my ($client, $status) = @_;
    print $client "HTTP/1.0 $status\r\nContent-Type: text/html\r\n\r\n<html><body><h1>$status</h1></body></html>\n";
}

sub serve {
    my ($client) = @_;
    my $head = head_of($client) or return;
    my ($method, $url) = $head =~ m{^(\S+) (http://\S+) HTTP/1\.[01]\r\n} or return refuse($client, "400 Bad Request");
    my ($host, $to, $path) = $url =~ m{^http://([^/:]+)(?::(\d+))?(/.*)?$} or return refuse($client, "400 Bad Request");
    my $alone = $method ne "GET" || $head =~ /^(authorization|range|cookie|cache-control):/im;
    my $file = "$folder/" . md5_hex($url);
    if (!$alone && open my $kept, "<:raw", $file) {
        my $until = <$kept>;
        if ($until > time) {
            local $/;
            print $client scalar <$kept>;
            return;
        }
    }
    my $origin = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $to || 80, Proto => "tcp", Timeout => 20) or return refuse($client, "502 Bad Gateway");
    my $fields = $head =~ s/^.*?\r\n//r;
    $fields =~ s/^(?:host|connection|proxy-connection|keep-alive):.*\r\n//gim;
    print $origin "$method " . ($path || "/") . " HTTP/1.0\r\nHost: $host" . ($to ? ":$to" : "") . "\r\n$fields";
    if ($head =~ /^content-length: *(\d+)/im) {
        read $client, my $body, $1;
        print $origin $body;
    }
    my $said = head_of($origin) or return refuse($client, "502 Bad Gateway");
    print $client $said;
    my $body = "";
    while (read $origin, my $part, 16384) {
        print $client $part;
        $body .= $part;
    }
    my ($length) = $said =~ /^content-length: *(\d+)/im;
    return if $alone || $said !~ m{^HTTP/1\.\d 200} || !defined $length || $length != length $body;
    return if $said =~ /^(?:vary|set-cookie):/im || $said =~ /^cache-control:.*(?:no-store|no-cache|private)/im;
    my ($age) = $said =~ /^cache-control:.*max-age=(\d+)/im or return;
    my $old = $said =~ /^age: *(\d+)/im ? $1 : 0;
    open my $keep, ">:raw", "$file.$$" or return;
    print $keep time + $age - $old, "\n", $said, $body;
    close $keep and rename "$file.$$", $file;
}
