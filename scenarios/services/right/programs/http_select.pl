# One process for all, by select and HTTP/1.0: http_select.pl FOLDER PORT
use strict;
use warnings;
use Cwd 'realpath';
use IO::Select;
use IO::Socket::INET;

my ($root, $port) = (realpath($ARGV[0]), $ARGV[1]);
$SIG{PIPE} = 'IGNORE';
my $door = IO::Socket::INET->new(LocalPort => $port, Listen => 32, ReuseAddr => 1) or die "cannot listen: $!\n";
my $all = IO::Select->new($door);
my (%in, %out);
my %types = (html => 'text/html', txt => 'text/plain', css => 'text/css', png => 'image/png', jpg => 'image/jpeg', gif => 'image/gif', js => 'text/javascript', svg => 'image/svg+xml');

sub reply {
    my ($status, $type, $body, $head) = @_;
    my $length = length $body;
    return "HTTP/1.0 $status\r\ncontent-type: $type\r\ncontent-length: $length\r\nconnection: close\r\n\r\n" . ($head ? '' : $body);
}

sub answer {
    my ($method, $path) = $_[0] =~ m{^(\S+) (\S+) HTTP/\d\.\d\r?\n} or return reply('400 Bad Request', 'text/html', '<h1>Bad request</h1>');
    return reply('501 Not Implemented', 'text/html', '<h1>Only GET and HEAD</h1>') unless $method =~ /^(GET|HEAD)$/;
    $path =~ s/\?.*//s;
    $path =~ s{^http://[^/]+}{};
    $path =~ s/%([0-9a-f]{2})/chr hex $1/gei;
    my $file = $path =~ /\0/ ? undef : realpath("$root/$path");
    $file .= '/index.html' if defined $file and -d $file;
    if (defined $file and index($file, "$root/") == 0 and -f $file and open my $handle, '<:raw', $file) {
        local $/;
        my $body = <$handle> // '';
        return reply('200 OK', ($file =~ /\.(\w+)$/ && $types{lc $1}) || 'application/octet-stream', $body, $method eq 'HEAD');
    }
    return reply('404 Not Found', 'text/html', "<!doctype html><title>Not found</title><h1>404</h1><p>Nothing here has that name.</p>\n", $method eq 'HEAD');
}

sub leave {
    my ($one) = @_;
    $all->remove($one);
    delete $in{$one};
    delete $out{$one};
    shutdown $one, 1;
    close $one;
}

while (1) {
    my $writers = IO::Select->new(grep { exists $out{$_} } $all->handles);
    my ($readable, $writable) = IO::Select->select($all, $writers->count ? $writers : undef, undef);
    for my $one (@{$writable || []}) {
        my $sent = syswrite $one, $out{$one}, 65536;
        next if !defined $sent and $!{EAGAIN};
        substr($out{$one}, 0, $sent) = '' if defined $sent;
        leave($one) if !defined $sent or $out{$one} eq '';
    }
    for my $one (@{$readable || []}) {
        if ($one == $door) {
            my $new = $door->accept or next;
            $new->blocking(0);
            $all->add($new);
            $in{$new} = '';
            next;
        }
        next unless defined fileno $one;
        my $read = sysread $one, $in{$one}, 8192, length $in{$one};
        next if !defined $read and $!{EAGAIN};
        if (!$read) {
            $one->blocking(1);
            print $one $out{$one} if exists $out{$one};
            leave($one);
        } elsif (!exists $out{$one} and $in{$one} =~ /\r?\n\r?\n/) {
            $out{$one} = answer($in{$one});
        }
    }
}
